"""The child process that draws a picture again: bytes in, bytes out, nothing else.

Run as `python -I -m lmhg_gateway.adapters.draw_again KIND`. It limits itself before it reads a byte
of the picture: processor time, memory, no file to write. What it writes has the picture's points and no
more: no place, no camera, no second file behind the first.
"""

import io
import resource
import sys

import pi_heif
from PIL import Image, ImageOps, ImageSequence

CPU_S = 20
MEMORY = 1024 * 1024 * 1024
POINTS_MAX = 60_000_000
"""A phone's largest photo has 50 million."""
PAGES_MAX = 100
QUALITY = 88
READ_MAX = 64 * 1024 * 1024


def limit() -> None:
    """Bound this process for good."""
    bounds = {
        resource.RLIMIT_CPU: CPU_S,
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in bounds.items():
        resource.setrlimit(what, (most, most))


def drawn(kind: str, data: bytes) -> bytes:
    """The picture again. Raises whatever the decoder raises."""
    Image.MAX_IMAGE_PIXELS = POINTS_MAX // 2  # twice as many are an error
    if kind == "heic":
        pi_heif.register_heif_opener()
    formats = {"jpeg": "JPEG", "png": "PNG", "tiff": "TIFF", "heic": "HEIF"}
    out = io.BytesIO()
    with Image.open(io.BytesIO(data), formats=[formats[kind]]) as picture:
        if kind == "tiff":
            pages = [
                _bare(page)
                for page, _ in zip(
                    ImageSequence.Iterator(picture), range(PAGES_MAX + 1), strict=False
                )
            ]
            if len(pages) > PAGES_MAX:
                raise ValueError
            pages[0].save(
                out, "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw"
            )
        elif kind == "png":
            _bare(ImageOps.exif_transpose(picture)).save(out, "PNG")
        else:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            _bare(upright).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _bare(picture: Image.Image) -> Image.Image:
    """The points of a picture on a fresh one: whatever else it carried stays behind."""
    if picture.mode == "P":
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    return bare


def main() -> int:
    """Draw what comes in; 1 where it cannot be drawn."""
    limit()
    try:
        made = drawn(sys.argv[1], sys.stdin.buffer.read(READ_MAX))
    except Exception:  # noqa: BLE001 - hostile bytes raise anything; its words may quote them
        return 1
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
