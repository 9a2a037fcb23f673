"""The specification's stack, a list page: FastAPI, SQLModel on asyncpg, Jinja2, plain columns.

Written as its documentation writes it; no session, no audit, nothing sealed. Runs in an environment
of its own, under uvicorn's defaults.
"""

import os
import uuid
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

ROWS = 50
POOL = 20


class Client(SQLModel, table=True):
    """A client in plain columns."""

    __tablename__ = "client"

    id: uuid.UUID = Field(primary_key=True)
    name: str
    birth_date: str
    phone: str
    updated_at: datetime


app = FastAPI()
templates = Jinja2Templates(Path(__file__).parent / "templates")
engine = create_async_engine(os.environ["COMPARATOR_DATABASE_URL"], pool_size=POOL, max_overflow=0)


async def session() -> AsyncIterator[AsyncSession]:
    """One session a request."""
    async with AsyncSession(engine) as one:
        yield one


@app.get("/clients", response_class=HTMLResponse)
async def clients(request: Request, db: Annotated[AsyncSession, Depends(session)]) -> HTMLResponse:
    """The clients last changed."""
    query = select(Client).order_by(col(Client.updated_at).desc()).limit(ROWS)
    rows = (await db.exec(query)).all()
    return templates.TemplateResponse(request, "clients.html", {"rows": rows})
