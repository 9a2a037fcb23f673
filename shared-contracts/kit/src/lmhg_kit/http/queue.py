"""The page of a queue: what waits, what is held and why, what was refused; and two things a person may do.

A feature whose work can fail for a reason that a person has to look at says so with a `Queue`, and gets its
page: a list by state, the reasons with their counts, one item with its facts, "try again" and "set aside".
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.listing import Cell, Column, Filter, Link, ListPart, Tag
from lmhg_kit.http.page import page
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession, WriteSession

AnyRequest = Request[Any, Any, Any]
State = Literal["waiting", "held", "refused", "set_aside", "done"]
STATES: tuple[tuple[State, str], ...] = (
    ("held", "Held"),
    ("waiting", "Waiting"),
    ("refused", "Not taken"),
    ("set_aside", "Set aside"),
    ("done", "Done"),
)
_KINDS: Mapping[str, str] = {"held": "bad", "waiting": "", "refused": "warn", "done": "ok"}


class QueueItem(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of work, without a word of what it is about."""

    id: uuid.UUID
    label: str
    state: State
    why: str = ""
    code: str = ""
    since: datetime
    attempts: int = 0
    next_at: datetime | None = None
    facts: tuple[tuple[str, str | int | None], ...] = ()
    """What its own page also shows."""


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why some of it is held, and how many are for this reason."""

    code: str
    why: str
    count: int


class QueueStore(Protocol):
    """What a feature's repository does for its queue."""

    async def counts(self, tx: ReadSession, /) -> Mapping[str, int]:
        """How many are in each state now; `done` and `refused` of the last days."""
        ...

    async def reasons(self, tx: ReadSession, /) -> Sequence[Reason]:
        """Why what is held is held."""
        ...

    async def listed(
        self, tx: ReadSession, /, *, state: str, first: int, size: int
    ) -> tuple[Sequence[QueueItem], int]:
        """Some of one state, the oldest first, and how many there are."""
        ...

    async def one(self, tx: ReadSession, item_id: uuid.UUID, /) -> QueueItem | None:
        """One of them."""
        ...

    async def again(
        self, tx: WriteSession, /, *, item_id: uuid.UUID | None = None, code: str = ""
    ) -> int:
        """Try held ones from the beginning: one, or those of one reason; how many."""
        ...

    async def aside(
        self, tx: WriteSession, /, *, item_id: uuid.UUID | None = None, code: str = ""
    ) -> int:
        """End held ones without doing them: one, or those of one reason; how many. They are kept."""
        ...


class OneReason(msgspec.Struct, frozen=True):
    """All that are held for one reason."""

    code: str


@dataclass(frozen=True, kw_only=True)
class Queue:
    """One queue and its pages."""

    path: str
    name: str
    """What its notices and its purposes begin with."""
    noun: str
    kind: str
    """What an export of it is called in the access log."""
    read: str
    decide: str
    store: QueueStore
    template: str = "queue/list.html"
    """A feature may put its own head above the list."""

    @property
    def part(self) -> ListPart[QueueItem]:
        """Its list."""
        return ListPart[QueueItem](
            path=self.path,
            noun=self.noun,
            kind=self.kind,
            columns=(
                Column(
                    label="Item",
                    phone="lead",
                    get=lambda row: Link(row.label, f"{self.path}/{row.id}"),
                ),
                Column(label="State", phone="end", get=_state),
                Column(label="Reason", get=lambda row: row.why),
                Column(label="Since", get=lambda row: row.since),
                Column(label="Attempts", phone="off", get=lambda row: row.attempts),
                Column(label="Next try", phone="off", get=lambda row: row.next_at),
            ),
            filters=(Filter(name="state", label="State", options=STATES),),
        )

    def handlers(self) -> tuple[HTTPRouteHandler, ...]:
        """Its pages: the list, one item, and what a person may do."""
        listed, view = self._list(), self._view()
        return (listed, view, *self._steps(view))

    def notices(self) -> Mapping[str, str]:
        """What is said after a step."""
        return {
            f"{self.name}.again": "It will be tried again now.",
            f"{self.name}.aside": "Set aside. It is kept, and you can still try it again.",
        }

    def _list(self) -> HTTPRouteHandler:
        queue = self

        @get(queue.path, opt=needs(queue.read), include_in_schema=False)
        async def listed(request: AnyRequest) -> Response[Any]:
            """What waits, what is held and why."""
            part = queue.part
            wanted = part.wanted(request)
            async with reading(request, f"{queue.name}.list") as tx:
                rows, total = await queue.store.listed(
                    tx, state=wanted["state"], first=wanted.first, size=wanted.size
                )
                counts = await queue.store.counts(tx)
                reasons = await queue.store.reasons(tx)
                head = await queue.head(tx)
                await part.note(tx, wanted)
            if wanted.is_file:
                return part.file(request, rows, total=total)
            return await page(
                request,
                queue.template,
                list=part.made(wanted, rows, total=total),
                queue=queue,
                counts=[(word, state, counts.get(state, 0)) for state, word in STATES],
                reasons=reasons,
                state=wanted["state"],
                head=head,
            )

        return listed

    async def head(self, _tx: ReadSession) -> object:
        """What the feature's own head above the list shows."""
        return None

    def _view(self) -> HTTPRouteHandler:
        queue = self

        @shows(
            f"{queue.path}/{{item_id:uuid}}",
            queue.read,
            template="queue/item.html",
            purpose=f"{queue.name}.view",
        )
        async def view(tx: ReadSession, _ask: Ask[Any], item_id: uuid.UUID) -> Context:
            """One item, with its reason and what may be done."""
            found = await queue.store.one(tx, item_id)
            if found is None:
                raise NotFound(queue.name)
            state = (dict(STATES)[found.state], _KINDS.get(found.state, ""))
            return {"item": found, "queue": queue, "state": state}

        return view

    def _steps(self, view: HTTPRouteHandler) -> tuple[HTTPRouteHandler, ...]:
        queue = self
        made: list[HTTPRouteHandler] = []
        for word, act in (("again", queue.store.again), ("aside", queue.store.aside)):
            made += [_on_one(queue, word, act, view), _on_reason(queue, word, act, view)]
        return tuple(made)


def _state(row: QueueItem) -> Cell:
    return Tag(dict(STATES)[row.state], _KINDS.get(row.state, ""))


def _on_one(queue: Queue, word: str, act: Any, view: HTTPRouteHandler) -> HTTPRouteHandler:  # noqa: ANN401 - a store's method
    @acts(
        f"{queue.path}/{{item_id:uuid}}/{word}",
        queue.decide,
        purpose=f"{queue.name}.{word}",
        back=view,
    )
    async def step(tx: WriteSession, _ask: Ask[Any], item_id: uuid.UUID) -> Done:
        """Do it for one item."""
        if not await act(tx, item_id=item_id):
            raise Conflict("queue_moved")
        return Done(f"{queue.path}/{item_id}", f"{queue.name}.{word}")

    return step


def _on_reason(queue: Queue, word: str, act: Any, view: HTTPRouteHandler) -> HTTPRouteHandler:  # noqa: ANN401 - a store's method
    @acts(
        f"{queue.path}/{word}",
        queue.decide,
        purpose=f"{queue.name}.{word}",
        back=view,
        form=OneReason,
    )
    async def step(tx: WriteSession, _ask: Ask[Any], data: OneReason) -> Done:
        """Do it for all that are held for one reason."""
        if not data.code or not await act(tx, code=data.code):
            raise Conflict("queue_moved")
        return Done(queue.path, f"{queue.name}.{word}")

    return step
