"""The page of a queue: what waits, what is held and why, what was refused; and two things a person may do.

A feature whose work can fail for a reason that a person has to look at says so with a `Queue`, and gets its
page: a list by state, the reasons with their counts, one item with its facts, "try again" and "set aside",
for one item and for all of one reason.
"""

import uuid
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol, cast

import msgspec
from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler

from lmhg_kit.ages import age_words
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.list_part import Column, Filter, Link, ListPart
from lmhg_kit.persistence import ReadSession, WriteSession

AnyRequest = Request[Any, Any, Any]
State = Literal["waiting", "held", "refused", "set_aside", "done"]
STATES: tuple[tuple[State, str], ...] = (
    ("held", "Held"),
    ("waiting", "Waiting"),
    ("refused", "Not accepted"),
    ("set_aside", "Set aside"),
    ("done", "Done"),
)
"""With their words; the first is what the page opens with."""
OLDEST_FIRST = frozenset({"held", "waiting"})
"""Where the oldest asks most for a look; elsewhere the newest is first."""
REASONED: Mapping[str, frozenset[str]] = {
    "again": frozenset({"held", "set_aside"}),
    "aside": frozenset({"held"}),
}
"""From which states each step leads."""
CODES_MAX = 50
_TONES: Mapping[State, str] = {
    "held": "bad",
    "waiting": "",
    "refused": "warn",
    "set_aside": "",
    "done": "ok",
}
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class QueueItem(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of work, without a word of what it is about."""

    id: uuid.UUID
    label: str
    state: State
    why: str = ""
    """A sentence for people: why it is held, or was not accepted."""
    code: str = ""
    since: datetime
    attempts: int = 0
    next_at: datetime | None = None
    facts: tuple[tuple[str, str | int | None], ...] = ()
    """What its own page says besides."""
    technical: tuple[tuple[str, str | int | None], ...] = ()
    """What only those need who mend it."""


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason in words, its codes, and how many items have it."""

    why: str
    codes: tuple[str, ...]
    count: int


class OneReason(msgspec.Struct, frozen=True):
    """All that are in one state for one reason."""

    codes: Annotated[list[Code], msgspec.Meta(min_length=1, max_length=CODES_MAX)]
    state: Literal["held", "set_aside"] = "held"


Which = uuid.UUID | OneReason
"""One item by its id, or all of one reason."""


class QueueStore(Protocol):
    """What a feature's repository does for its queue."""

    async def counts(self, tx: ReadSession, /) -> Mapping[str, int]:
        """How many are in each state now; of those that are over, the ones of the last days."""
        ...

    async def reasons(self, tx: ReadSession, /, *, state: str) -> Sequence[Reason]:
        """Why what is held or set aside is so, the most frequent first; no two with the same words."""
        ...

    async def listed(
        self, tx: ReadSession, /, *, state: State, first: int, size: int
    ) -> Sequence[QueueItem]:
        """Some of one state, in its order."""
        ...

    async def one(self, tx: ReadSession, item_id: uuid.UUID, /) -> QueueItem | None:
        """One of them."""
        ...

    async def again(self, tx: WriteSession, which: Which, /) -> int:
        """Try held ones, or ones that were set aside, from the beginning; how many."""
        ...

    async def aside(self, tx: WriteSession, which: Which, /) -> int:
        """End held ones without doing them; how many. They are kept."""
        ...


class Step(Protocol):
    """A step of a store."""

    def __call__(self, tx: WriteSession, which: Which, /) -> Awaitable[int]:
        """Take it; how many items it took it for."""
        ...


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
    advice: str = ""
    """What to do about an item that is held, as its page says it."""

    def part(self, now: datetime) -> ListPart[QueueItem]:
        """Its list at this moment."""
        columns: list[Column[QueueItem]] = [
            Column(
                label=self.noun.capitalize(),
                phone="lead",
                get=lambda row: Link(row.label, f"{self.path}/{row.id}"),
            ),
            Column(label="Reason", get=lambda row: row.why),
            Column(label="Received", get=lambda row: row.since),
            Column(label="Times tried", phone="off", get=lambda row: row.attempts),
            Column(label="Age", phone="end", get=lambda row: age_words(now - row.since)),
        ]
        state = Filter(name="state", label="State", options=STATES)
        return ListPart(
            path=self.path, noun=self.noun, kind=self.kind, columns=columns, filters=(state,)
        )

    def handlers(self) -> tuple[HTTPRouteHandler, ...]:
        """Its pages: the list, one item, and what a person may do."""
        listed, view = _listed(self), _view(self)
        return (
            listed,
            view,
            _on_one(self, "again", self.store.again, back=view),
            _on_reason(self, "again", self.store.again, back=listed),
            _on_one(self, "aside", self.store.aside, back=view),
            _on_reason(self, "aside", self.store.aside, back=listed),
        )

    def notices(self) -> Mapping[str, str]:
        """What is said after a step."""
        return {
            f"{self.name}.again": "We will try it again now.",
            f"{self.name}.all_again": "We will try them again now.",
            f"{self.name}.aside": "Set aside. You can still try it again.",
            f"{self.name}.all_aside": "Set aside. You can still try them again.",
        }

    async def head(self, _tx: ReadSession, _ask: Ask[Any]) -> object:
        """What the feature's own head above the list shows."""
        return None


def _listed(queue: Queue) -> HTTPRouteHandler:
    @shows(queue.path, queue.read, template=queue.template, purpose=f"{queue.name}.list")
    async def listed(tx: ReadSession, ask: Ask[Any]) -> Context | Response[Any]:
        """What is held and why, what waits, and what is over."""
        part = queue.part(ask.at)
        wanted = part.wanted(ask.request)
        state = cast("State", wanted["state"])
        counts = await queue.store.counts(tx)
        rows = await queue.store.listed(tx, state=state, first=wanted.first, size=wanted.size)
        total = counts.get(state, 0)
        await part.audit(tx, wanted)
        if wanted.is_file:
            return part.file(ask.request, rows, total=total)
        can_try = state in REASONED["again"]
        return {
            "list": part.made(wanted, rows, total=total),
            "queue": queue,
            "tabs": [(word, _tab(queue, name), name == state, counts.get(name, 0)) for name, word in STATES],
            "reasons": await queue.store.reasons(tx, state=state) if can_try else [],
            "state": state,
            "head": await queue.head(tx, ask),
        }  # fmt: skip

    return listed


def _tab(queue: Queue, state: State) -> str:
    return queue.path if state == STATES[0][0] else f"{queue.path}?state={state}"


def _view(queue: Queue) -> HTTPRouteHandler:
    @shows(
        f"{queue.path}/{{item_id:uuid}}",
        queue.read,
        template="queue/item.html",
        purpose=f"{queue.name}.view",
    )
    async def view(tx: ReadSession, ask: Ask[Any], item_id: uuid.UUID) -> Context:
        """One item, with its reason and what may be done."""
        found = await queue.store.one(tx, item_id)
        if found is None:
            raise NotFound(queue.name)
        return {
            "item": found,
            "queue": queue,
            "state": (dict(STATES)[found.state], _TONES[found.state]),
            "back": _tab(queue, found.state),
            "age": age_words(ask.at - found.since),
            "steps": [step for step, states in REASONED.items() if found.state in states],
        }

    return view


def _on_one(queue: Queue, word: str, act: Step, *, back: HTTPRouteHandler) -> HTTPRouteHandler:
    @acts(
        f"{queue.path}/{{item_id:uuid}}/{word}",
        queue.decide,
        purpose=f"{queue.name}.{word}",
        back=back,
    )
    async def step(tx: WriteSession, _ask: Ask[Any], item_id: uuid.UUID) -> Done:
        """Do it for one item."""
        if not await act(tx, item_id):
            raise Conflict("queue_moved")
        return Done(f"{queue.path}/{item_id}", f"{queue.name}.{word}")

    return step


def _on_reason(queue: Queue, word: str, act: Step, *, back: HTTPRouteHandler) -> HTTPRouteHandler:
    @acts(
        f"{queue.path}/{word}",
        queue.decide,
        purpose=f"{queue.name}.{word}",
        back=back,
        form=OneReason,
    )
    async def step(tx: WriteSession, _ask: Ask[Any], data: OneReason) -> Done:
        """Do it for all that are in this state for one reason."""
        if data.state not in REASONED[word] or not await act(tx, data):
            raise Conflict("queue_moved")
        return Done(_tab(queue, data.state), f"{queue.name}.all_{word}")

    return step
