"""A JPEG that says how it is to be turned: the points stay as they are, and the browser turns them.

Source: Exif 2.32, 4.6.4 (Orientation, tag 0x0112).
"""

from collections.abc import Mapping

_START = b"\xff\xd8"
_CODES: Mapping[int, int] = {90: 6, 180: 3, 270: 8}
"""Of each clockwise turn its orientation."""


def turned_picture(jpeg: bytes, turn: int) -> bytes:
    """The picture, to be shown turned clockwise by so many degrees."""
    if turn not in _CODES or not jpeg.startswith(_START):
        return jpeg
    entry = b"\x01\x12\x00\x03\x00\x00\x00\x01" + _CODES[turn].to_bytes(2, "big") + b"\x00\x00"
    facts = b"MM\x00*\x00\x00\x00\x08\x00\x01" + entry + b"\x00\x00\x00\x00"
    body = b"Exif\x00\x00" + facts
    return _START + b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + jpeg[2:]
