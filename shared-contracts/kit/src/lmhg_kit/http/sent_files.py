"""Forms that carry a file: the fields in front of it, then the file piece by piece.

Nothing is put on a disk and nothing but the fields is held in memory: the code that takes the file says
what becomes of its bytes. Fields that come after a file are not read, so a form has its file last.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Any, cast

from litestar import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from lmhg_kit.errors import Unreadable
from lmhg_kit.http.door import text_of

MULTIPART = "multipart/form-data"
FIELD_MAX = 64 * 1024
"""Bytes of one field's text."""
PARTS_MAX = 64
"""Fields in front of a file, and the file."""
NAME_MAX = 200
_STATE_KEY = "lmhg_sent_file"

Event = MultipartSegment | bytes | bytearray | None
AnyRequest = Request[Any, Any, Any]


class SentFile:
    """The file of a form, as it arrives."""

    def __init__(self, name: str, events: AsyncIterator[Event]) -> None:
        self.name = name
        self._events = events

    async def pieces(self) -> AsyncIterator[bytes]:
        """Its bytes, once. Raises: Unreadable for a body that breaks off or is no form."""
        async for event in self._events:
            if event is None:
                return
            yield bytes(cast("bytes", event))
        raise Unreadable("form_unreadable")

    async def behind(self) -> "SentFile | None":
        """The file behind this one, once this one was read; None after the last. Raises: Unreadable."""
        return await _file(self._events)


async def sent_files(request: AnyRequest) -> AsyncIterator[SentFile]:
    """The files of a form whose fields have been read, one after another: each is read before the next."""
    file = sent_file(request)
    while file is not None:
        yield file
        file = await file.behind()


async def _file(events: AsyncIterator[Event]) -> SentFile | None:
    async for event in events:
        if isinstance(event, MultipartSegment) and event.filename:
            return SentFile(_name(event.filename), events)
    return None


def _name(text: str) -> str:
    return text_of(text.replace("\\", "/").rpartition("/")[2])[:NAME_MAX]


async def read_parts(request: AnyRequest) -> dict[str, list[str]]:
    """The fields in front of a form's file. Raises: Unreadable."""
    events = _events(request)
    fields: dict[str, list[str]] = {}
    async for event in events:
        if not isinstance(event, MultipartSegment):
            continue
        if event.filename is not None:
            if event.filename:
                request.scope["state"][_STATE_KEY] = SentFile(_name(event.filename), events)
                break
            continue
        fields.setdefault(event.name or "", []).append(await _text(events))
    return fields


def sent_file(request: AnyRequest) -> SentFile | None:
    """The file that came with a form whose fields have been read; None where none was chosen."""
    return cast("SentFile | None", request.scope["state"].get(_STATE_KEY))


async def _text(events: AsyncIterator[Event]) -> str:
    held = bytearray()
    async for event in events:
        if event is None:
            break
        held += cast("bytes", event)
        if len(held) > FIELD_MAX:
            raise Unreadable("form_unreadable")
    try:
        return text_of(held.decode())
    except UnicodeError:
        raise Unreadable("form_unreadable") from None


async def _events(request: AnyRequest) -> AsyncGenerator[Event]:
    _, options = parse_options_header(request.headers.get("content-type", ""))
    try:
        parser = PushMultipartParser(options.get("boundary", ""), max_segment_count=PARTS_MAX)
        async for piece in request.stream():
            if piece:
                for event in cast("Iterator[Event]", parser.parse(piece)):
                    yield event
        parser.close()
    except (MultipartError, UnicodeError):
        raise Unreadable("form_unreadable") from None
