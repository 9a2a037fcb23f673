"""Use cases of notes: store one."""

import uuid
from datetime import datetime

from sqlalchemy import select

from lmhg_gateway.adapters.intakeq import LockedNote
from lmhg_gateway.features.clients.public import blind_index, link, linked
from lmhg_gateway.features.notes.models import Note
from lmhg_kit.persistence import ReadSession, WriteSession

KIND = "note"


async def note_locked_at(tx: ReadSession, note_id: str) -> datetime | None:
    """When a note that we have was locked."""
    known = await linked(tx, KIND, note_id)
    return await tx.scalar(select(Note.locked_at).where(Note.id == known)) if known else None


async def store_note(tx: WriteSession, note: LockedNote, *, client_id: uuid.UUID) -> str:
    """That a note was locked; a re-lock counts only when its content changed."""
    token = blind_index().token(KIND, note.content.decode())
    known = await linked(tx, KIND, note.id)
    kept = await tx.get(Note, known) if known else None
    if kept is None:
        fresh = Note(client_id=client_id, locked_at=note.at, content_token=token, title=note.title)
        tx.add(fresh)
        await tx.flush()
        await link(tx, KIND, note.id, fresh.id)
        return "note_locked"
    if kept.content_token == token:
        return "note_unchanged"
    kept.content_token, kept.locked_at, kept.locks = token, note.at, kept.locks + 1
    kept.title = note.title
    return "note_locked_again"
