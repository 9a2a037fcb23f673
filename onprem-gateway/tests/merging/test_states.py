"""Random merges, edits, additions and undos: nothing is lost or doubled, in any order.

The model is plain: a row belongs to the client it was added to, or to the one who goes on for that one; a
field is what was last said of it, and an undone merge never said anything.
"""

import asyncio
import os
import uuid
from collections.abc import Awaitable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.features.appointments.models import Appointment
from lmhg_gateway.features.clients.forms import EditClient
from lmhg_gateway.features.clients.models import Client, ClientToken
from lmhg_gateway.features.clients.public import reindex, tokens_of
from lmhg_gateway.features.clients.service import edit
from lmhg_gateway.features.merging import service
from lmhg_gateway.features.merging.forms import MergeForm
from lmhg_gateway.features.referrals.models import Referral
from lmhg_gateway.web.points import MergeRows
from lmhg_kit.errors import Conflict
from lmhg_kit.persistence import Database, WriteSession
from lmhg_stack.proof import person_of, prove
from lmhg_stack.testing import PlaneDatabase

SEQUENCES = int(os.environ.get("LMHG_MERGE_SEQUENCES", "150"))
STEPS = 15
CLIENTS = 4
TEXTS = ("legal_name", "mobile", "address")
FLAGS = ("may_voicemail", "may_text")
ANSWERS = st.sampled_from((True, False, None))
ANA = uuid.UUID(int=0xA)
START = datetime(2026, 11, 28, 14, 0, tzinfo=UTC)
ROWS = [each for feature in FEATURES for each in feature.contributes if isinstance(each, MergeRows)]
CHANGE = "update practice.client set part2 = not part2 where id = '{}'"
ADD = (
    "insert into practice.referral (id, client_id, source_category, received_on, channel,"
    " concern_code) values (gen_random_uuid(), '{}', 'self', current_date, 'phone', 'unknown')"
)
T = TypeVar("T")


class Said:
    """What was said of one field: by edits, and by merges that may be undone."""

    def __init__(self, value: str | None) -> None:
        self.words: list[tuple[uuid.UUID | None, str | None]] = [(None, value)]

    @property
    def now(self) -> str | None:
        """The last word."""
        return self.words[-1][1]

    def say(self, value: str | None, *, by: uuid.UUID | None = None) -> None:
        """Another word, if it is one."""
        if value != self.now:
            self.words.append((by, value))

    def unsay(self, merge: uuid.UUID) -> None:
        """As though a merge had said nothing."""
        self.words = [each for each in self.words if each[0] != merge]


class Model:
    """Clients, rows and merges as anybody would keep them on paper."""

    def __init__(self) -> None:
        self.texts: dict[uuid.UUID, dict[str, Said]] = {}
        self.flags: dict[uuid.UUID, dict[str, bool | None]] = {}
        self.part2: dict[uuid.UUID, bool] = {}
        self.rows: dict[uuid.UUID, uuid.UUID] = {}
        self.merges: dict[uuid.UUID, tuple[uuid.UUID, uuid.UUID]] = {}
        """Each merge that holds: who goes on, and who was merged."""

    def root(self, client: uuid.UUID) -> uuid.UUID:
        """Who goes on for a client."""
        into = next((s for s, m in self.merges.values() if m == client), None)
        return self.root(into) if into else client

    def live(self) -> list[uuid.UUID]:
        """The clients who go on."""
        return [each for each in self.texts if self.root(each) == each]

    def flag(self, client: uuid.UUID, name: str) -> bool | None:
        """A way to contact by all records of a person: a no counts first, then a yes."""
        inside = [self.flag(m, name) for s, m in self.merges.values() if s == client]
        said = {self.flags[client][name], *inside}
        return False if False in said else (True if True in said else None)


class Merging(RuleBasedStateMachine):
    """One sequence: a transaction of a real database that is rolled back at its end."""

    runner: asyncio.Runner
    db: Database

    def run(self, work: Awaitable[T]) -> T:
        """Wait for work on the one loop."""
        return self.runner.run(self._awaited(work))

    @staticmethod
    async def _awaited(work: Awaitable[T]) -> T:
        return await work

    @initialize(
        said=st.lists(
            st.tuples(st.booleans(), ANSWERS, ANSWERS, st.booleans()),
            min_size=CLIENTS,
            max_size=CLIENTS,
        )
    )
    def begin(self, said: list[tuple[bool, bool | None, bool | None, bool]]) -> None:
        """Four clients; some have a phone, some may be called, few are under Part 2."""
        self.model, self.number, self.at = Model(), 0, START
        self.work = self.db.uow(person_of(ANA), "states")
        self.tx: WriteSession = self.run(self.work.__aenter__())
        for phone, voicemail, text, part2 in said:
            self.run(self._client(phone=phone, flags=(voicemail, text), part2=part2 and phone))

    async def _client(
        self, *, phone: bool, flags: tuple[bool | None, bool | None], part2: bool
    ) -> None:
        texts = {"legal_name": self._word("Name"), "mobile": self._number() if phone else None}
        client = Client(**texts, **dict(zip(FLAGS, flags, strict=True)), part2=part2)
        self.tx.add(client)
        await self.tx.flush()
        await reindex(self.tx, client)
        self.model.texts[client.id] = {name: Said(texts.get(name)) for name in TEXTS}
        self.model.flags[client.id] = dict(zip(FLAGS, flags, strict=True))
        self.model.part2[client.id] = part2

    def _word(self, kind: str) -> str:
        self.number += 1
        letters = "".join(chr(ord("a") + int(digit)) for digit in str(self.number))
        return f"{kind} {letters.title()}quill"

    def _number(self) -> str:
        self.number += 1
        return f"502 555 {self.number:04d}"

    def _moment(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at

    def _pick(self, among: list[uuid.UUID], at: int) -> uuid.UUID:
        return among[at % len(among)]

    @rule(who=st.integers(0, 9))
    def add_visit(self, who: int) -> None:
        """An appointment of someone who goes on."""
        self.run(self._add_row(self._pick(self.model.live(), who), is_visit=True))

    @rule(who=st.integers(0, 9))
    def add_referral(self, who: int) -> None:
        """A referral of someone who goes on."""
        self.run(self._add_row(self._pick(self.model.live(), who), is_visit=False))

    async def _add_row(self, client: uuid.UUID, *, is_visit: bool) -> None:
        row: Any = (
            Appointment(client_id=client, starts_at=START, ends_at=START, status="confirmed")
            if is_visit
            else Referral(
                client_id=client, source_category="self", received_on=date(2026, 11, 1),
                channel="phone", concern_code="unknown",
            )
        )  # fmt: skip
        self.tx.add(row)
        await self.tx.flush()
        self.model.rows[row.id] = client

    @rule(who=st.integers(0, 9), name=st.sampled_from(TEXTS))
    def edit_text(self, who: int, name: str) -> None:
        """Someone changes a field of a client who goes on."""
        client = self._pick(self.model.live(), who)
        value = self._number() if name == "mobile" else self._word("Word")
        self.run(self._edit(client, name, value))
        self.model.texts[client][name].say(value)

    async def _edit(self, client: uuid.UUID, name: str, value: str) -> None:
        held = await self.tx.get_one(Client, client)
        said: dict[str, Any] = {each: getattr(held, each) or "" for each in TEXTS}
        said |= {each: getattr(held, each) for each in (*FLAGS, "part2")}
        said[name] = value
        form = EditClient(**said, version=held.version)
        await edit(self.tx, client, form, today=START.date())

    @precondition(lambda self: len(self.model.live()) > 1)
    @rule(who=st.integers(0, 9), other=st.integers(0, 9), of_other=st.sets(st.sampled_from(TEXTS)))
    def merge(self, who: int, other: int, of_other: set[str]) -> None:
        """Two who go on become one."""
        survivor = self._pick(self.model.live(), who)
        merged = self._pick([each for each in self.model.live() if each != survivor], other)
        made = self.run(self._merge(survivor, merged, of_other))
        model = self.model
        for name in TEXTS:
            one, two = model.texts[survivor][name], model.texts[merged][name]
            chosen = two.now if name in of_other else one.now
            one.say(chosen or one.now or two.now, by=made)
        model.part2[survivor] |= model.part2[merged]
        model.merges[made] = (survivor, merged)

    async def _merge(self, survivor: uuid.UUID, merged: uuid.UUID, of_other: set[str]) -> uuid.UUID:
        one = await self.tx.get_one(Client, survivor)
        two = await self.tx.get_one(Client, merged)
        chosen: dict[str, Any] = dict.fromkeys(of_other, "other")
        form = MergeForm(survivor_version=one.version, other_version=two.version, **chosen)
        made = await service.merge(
            self.tx, one.id, two.id, form, rows=ROWS, by=str(ANA), at=self._moment()
        )
        return made.id

    @precondition(lambda self: self.model.merges)
    @rule(which=st.integers(0, 9))
    def undo(self, which: int) -> None:
        """Any merge is undone that is not inside another one."""
        merge = self._pick(list(self.model.merges), which)
        survivor, _ = self.model.merges[merge]
        undone = self.run(self._undo(merge))
        assert undone == (self.model.root(survivor) == survivor)
        if undone:
            del self.model.merges[merge]
            for said in self.model.texts[survivor].values():
                said.unsay(merge)

    async def _undo(self, merge: uuid.UUID) -> bool:
        try:
            await service.undo(self.tx, merge, rows=ROWS, by=str(ANA), at=self._moment())
        except Conflict as refused:
            return refused.code != "merge_inside"
        return True

    @precondition(lambda self: self.model.merges)
    @rule(which=st.integers(0, 9))
    def write_to_merged(self, which: int) -> None:
        """A record that was merged takes nothing: no change by a page, and no row in the database."""
        _, merged = self.model.merges[self._pick(list(self.model.merges), which)]
        with pytest.raises(Conflict, match="client_merged"):
            self.run(self._edit(merged, "mobile", "502 555 9999"))
        self.run(self._refused(merged))

    async def _refused(self, merged: uuid.UUID) -> None:
        for each in (CHANGE, ADD):
            with pytest.raises(DBAPIError) as caught:
                async with self.tx.begin_nested():
                    await (await self.tx.connection()).exec_driver_sql(each.format(merged))
            assert "LM060" in str(getattr(caught.value.orig, "sqlstate", ""))

    @invariant()
    def is_as_on_paper(self) -> None:
        """Every record, row and field is where the model has it; tokens find those who go on alone."""
        if hasattr(self, "tx"):
            self.run(self._compare())

    async def _compare(self) -> None:
        await self.tx.flush()
        self.tx.expunge_all()
        model = self.model
        clients = {each.id: each for each in await self.tx.scalars(select(Client))}
        for client_id, client in clients.items():
            root = model.root(client_id)
            assert client.merged_into == (root if root != client_id else None)
            assert {name: getattr(client, name) for name in TEXTS} == {
                name: said.now for name, said in model.texts[client_id].items()
            }
            assert client.part2 == model.part2[client_id]
            assert {name: getattr(client, name) for name in FLAGS} == {
                name: model.flag(client_id, name) for name in FLAGS
            }
        rows = dict[uuid.UUID, uuid.UUID]()
        for table in (Referral, Appointment):
            found = await self.tx.execute(select(table.id, table.client_id))
            rows |= {row[0]: row[1] for row in found}
        assert rows == {row: model.root(client) for row, client in model.rows.items()}
        await self._compare_tokens(clients)

    async def _compare_tokens(self, clients: dict[uuid.UUID, Client]) -> None:
        held = await self.tx.execute(select(ClientToken.client_id, ClientToken.token))
        found: dict[uuid.UUID, set[bytes]] = {each: set() for each in clients}
        for client_id, token in held:
            found[client_id].add(token)
        for client_id in clients:
            inside = [each for each in clients if self.model.root(each) == client_id]
            assert found[client_id] == {
                token for each in inside for token in tokens_of(clients[each])
            }

    def teardown(self) -> None:
        """Nothing of a sequence stays."""
        if hasattr(self, "tx"):
            self.run(self.tx.rollback())
            self.run(self.tx.close())


@pytest.fixture
def machine(onprem: PlaneDatabase) -> Iterator[type[Merging]]:
    """The machine over a database of its own, in a loop of its own."""
    with asyncio.Runner() as runner:
        runner.run(prove(onprem, ANA, roles="front_desk"))
        Merging.runner, Merging.db = runner, Database(onprem.url("gw_workspace"), pool_size=2)
        yield Merging
        runner.run(Merging.db.close())


def test_nothing_is_lost_or_doubled(machine: type[Merging]) -> None:
    """A few seconds of sequences; LMHG_MERGE_SEQUENCES asks for more."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=(Phase.generate,) if SEQUENCES > 1_000 else (Phase.generate, Phase.shrink),
            suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much),
        ),
    )
