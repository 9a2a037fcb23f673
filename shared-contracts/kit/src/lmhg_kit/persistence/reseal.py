"""Online key rotation: rows sealed under an older key are sealed again under the current one.

A step reseals a bounded number of rows of one table in one unit of work, so it can run beside
everything else. When it finds nothing on any table, the older keys are used by no row.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from lmhg_kit.loops import Apart
from lmhg_kit.persistence.records import Base
from lmhg_kit.persistence.sealing import installed, sealed_texts
from lmhg_kit.persistence.session import Actor, Database

BATCH = 200
FIRST_BYTE_OF_KEY_ID = 3
"""SQL counts bytes from 1: the format, the key id's length, then the key id."""


@dataclass(frozen=True)
class Resealer:
    """Moves sealed columns of one database to the current key."""

    db: Database
    actor: Actor

    async def step(self) -> int:
        """Reseal up to 200 rows; how many were resealed. Raises: SealBroken, KeyUnknown.

        A row that does not open is named in the log and keeps no other from its turn.
        """
        apart = Apart("reseal")
        for model in sealed_models():
            done = await self._reseal(model, apart)
            if done:
                return done
        apart.tell()
        return 0

    async def _reseal(self, model: Any, apart: Apart) -> int:  # noqa: ANN401 - any mapped class
        texts = sealed_texts(model)
        wanted = or_(*(_is_older(getattr(model, text.column)) for text in texts))
        failed = len(apart.failures)
        async with self.db.uow(self.actor, "key rotation") as tx:
            query = select(model).where(wanted).limit(BATCH).with_for_update(skip_locked=True)
            records = (await tx.scalars(query)).all()
            for record in records:
                async with apart.item(record.id):
                    for text in texts:
                        text.reseal(record)
        return len(records) - (len(apart.failures) - failed)


def sealed_models() -> list[Any]:
    """Every mapped class with sealed attributes, by table."""
    found = [mapper.class_ for mapper in Base.registry.mappers if sealed_texts(mapper.class_)]
    return sorted(found, key=lambda model: str(model.__table__.fullname))


def _is_older(column: Any) -> Any:  # noqa: ANN401 - SQL expressions
    """Whether a sealed value names another key than the current one."""
    key_id = installed().current.encode()
    held = func.substring(column, FIRST_BYTE_OF_KEY_ID, func.get_byte(column, 1))
    return column.is_not(None) & (held != key_id)
