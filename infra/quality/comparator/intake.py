"""The specification's stack, a webhook: pydantic body, HMAC check, one insert, commit, Celery.

Nobody works the queue off while it is measured, which is in its favour.
"""

import hashlib
import hmac
import os
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any

from celery import Celery
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from pydantic import BaseModel
from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import DateTime, Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

POOL = 20
SECRET = os.environ["COMPARATOR_SECRET"].encode()


class Delivery(SQLModel, table=True):
    """A delivery in plain columns."""

    __tablename__ = "delivery"

    id: uuid.UUID = Field(primary_key=True)
    body: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    received_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class Appointment(BaseModel):
    """The part of an event that says what it is about."""

    Id: str
    Note: str


class Event(BaseModel):
    """What is sent."""

    EventType: str
    ClientId: int
    Appointment: Appointment


app = FastAPI()
engine = create_async_engine(os.environ["COMPARATOR_DATABASE_URL"], pool_size=POOL, max_overflow=0)
queue = Celery(broker=os.environ["COMPARATOR_BROKER_URL"])


@queue.task(name="process", ignore_result=True)
def process(delivery_id: str) -> None:
    """What a worker would do."""


async def session() -> AsyncIterator[AsyncSession]:
    """One session a request."""
    async with AsyncSession(engine) as one:
        yield one


@app.post("/hooks", status_code=204)
async def hook(
    request: Request,
    event: Event,
    db: Annotated[AsyncSession, Depends(session)],
    x_signature: Annotated[str, Header()],
) -> None:
    """Check, keep, hand on."""
    expected = hmac.new(SECRET, await request.body(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, x_signature):
        raise HTTPException(403)
    row = Delivery(id=uuid.uuid4(), body=event.model_dump(), received_at=datetime.now(UTC))
    delivery_id = str(row.id)
    db.add(row)
    await db.commit()
    process.delay(delivery_id)
