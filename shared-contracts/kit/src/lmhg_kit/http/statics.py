"""Static files: read once at start, named with their hash, cached for good."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import public

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOREVER = {"cache-control": "public, max-age=31536000, immutable"}


@dataclass(frozen=True)
class StaticFile:
    """One file with its type and the hash its address carries."""

    body: bytes
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
                    self._files[path.name] = StaticFile(body, _TYPES[path.suffix], digest)

    def url(self, name: str) -> str:
        """The address of a file, which changes with its content. Raises: KeyError."""
        return f"/static/{self._files[name].digest}/{name}"

    def find(self, digest: FromPath[str], name: FromPath[str]) -> StaticFile:
        """The file at this address. Raises: NotFound."""
        found = self._files.get(name)
        if found is None or found.digest != digest:
            raise NotFound("static_file")
        return found


@get("/static/{digest:str}/{name:str}", opt=public(), include_in_schema=False, sync_to_thread=False)
def static_file(
    request: Request[Any, Any, Any], digest: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """A stylesheet, script or picture of ours."""
    files: StaticFiles = request.app.state["statics"]
    found = files.find(digest, name)
    return Response(found.body, media_type=found.media_type, headers=_FOREVER)


STATIC_HANDLERS: tuple[HTTPRouteHandler, ...] = (static_file,)
