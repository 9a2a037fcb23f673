"""Static files: read and packed once at start, named with their hash, cached for good."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import public
from lmhg_kit.http.state import Key

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOREVER = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
PACKED = "gzip"


@dataclass(frozen=True)
class StaticFile:
    """One file with its type and the hash its address carries."""

    body: bytes
    packed: bytes
    media_type: str
    digest: str


class StaticFiles:
    """All static files of an application, by name."""

    def __init__(self, *folders: Path) -> None:
        self._files: dict[str, StaticFile] = {}
        for folder in folders:
            for path in sorted(folder.iterdir()):
                if path.suffix in _TYPES:
                    body = path.read_bytes()
                    digest = hashlib.sha256(body).hexdigest()[:12]
                    packed = gzip.compress(body, compresslevel=9, mtime=0)
                    self._files[path.name] = StaticFile(body, packed, _TYPES[path.suffix], digest)

    def url(self, name: str) -> str:
        """The address of a file, which changes with its content. Raises: KeyError."""
        return f"/static/{self._files[name].digest}/{name}"

    def find(self, digest: FromPath[str], name: FromPath[str]) -> StaticFile:
        """The file at this address. Raises: NotFound."""
        found = self._files.get(name)
        if found is None or found.digest != digest:
            raise NotFound("static_file")
        return found


STATICS: Key[StaticFiles] = Key("statics")


@get("/static/{digest:str}/{name:str}", opt=public(), include_in_schema=False, sync_to_thread=False)
def static_file(
    request: Request[Any, Any, Any], digest: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """A stylesheet, script or picture of ours."""
    files = STATICS.of(request)
    found = files.find(digest, name)
    if takes_packed(request.headers.get("accept-encoding", "")):
        headers = {**_FOREVER, "content-encoding": PACKED}
        return Response(found.packed, media_type=found.media_type, headers=headers)
    return Response(found.body, media_type=found.media_type, headers=_FOREVER)


def takes_packed(accepted: str) -> bool:
    """Whether a browser that says this takes gzip; `q=0` means that it does not."""
    for offer in accepted.lower().split(","):
        name, _, quality = offer.partition(";")
        if name.strip() in {PACKED, "*"}:
            return quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


STATIC_HANDLERS: tuple[HTTPRouteHandler, ...] = (static_file,)
