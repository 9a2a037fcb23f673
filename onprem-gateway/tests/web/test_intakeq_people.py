"""Clients that IntakeQ has twice or merged: held, decided, followed; what they had is never lost."""

import re
import uuid
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_contracts.roles import ROLES
from lmhg_gateway.features.intakeq_people.rules import after_back, after_gone, after_move
from lmhg_gateway.features.reconcile.lists import Lists
from lmhg_gateway.features.reconcile.objects import Objects
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.practice import Practice
from lmhg_quality.intake_lab import Lab, Reply, appointment, intake, path_of, profile

from .merges import merged  # noqa: TID252 - beside this file

PEOPLE = "/intake/people"
PRACTICE = Practice("America/Kentucky/Louisville")


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """Someone at the front desk."""
    return await as_role("front_desk")


class Sync:
    """IntakeQ's lists as a test says them, and the check over them."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.clients: list[dict[str, object]] = []
        self.gone: list[dict[str, object]] = []
        self.visits: list[dict[str, object]] = []
        self.forms: list[dict[str, object]] = []
        lab.intakeq.ask = self.answer
        fetcher = lab.deliveries.fetcher
        self.lists, self.objects = Lists(fetcher, PRACTICE), Objects(fetcher, PRACTICE)

    def answer(self, path: str) -> Reply | None:
        """One page of a list; None for an object by its id."""
        name, _, query = path.partition("?")
        asked = parse_qs(query)
        if not query:
            return None
        if asked["page"] != ["1"]:
            return Reply.of([])
        if name == "/clients":
            return Reply.of(self.gone if "deletedOnly" in asked else self.clients)
        if name == "/appointments" and "deletedOnly" not in asked and "endDate" not in asked:
            return Reply.of(self.visits)
        return Reply.of(self.forms if name == "/intakes/summary" else [])

    async def run(self) -> None:
        """One check, and all that it found to ask for."""
        await self.lab.change(
            "update ingress.sync_state set wanted_at = $1, began_at = null, asks_since = null",
            self.lab.clock.at,
        )
        for _ in range(60):
            done = await self.lists.step() + await self.objects.step()
            if not done:
                self.lab.clock.forward(seconds=61)
            if (await self._is_idle()) and not done:
                return

    async def _is_idle(self) -> bool:
        rows = await self.lab.database.run("select asks_since is null from ingress.sync_state")
        return bool(rows[0][0])


async def waiting(desk: Signed) -> list[str]:
    """Clients that wait for a decision."""
    page = (await desk.get(PEOPLE)).text
    return list(dict.fromkeys(re.findall(rf'href="{PEOPLE}/([0-9a-f-]{{36}})"', page)))


@given(st.lists(st.sampled_from(["move", "gone", "back"]), max_size=12))
def test_merge_is_open_only_while_one_is_gone_and_something_moved(steps: list[str]) -> None:
    """However moves, deletions and returns follow each other."""
    state, is_gone = None, False
    for step in steps:
        if step == "move":
            state = after_move(state, is_gone=is_gone)
        elif state is not None:
            state = after_gone(state) if step == "gone" else after_back(state)
        is_gone = {"move": is_gone, "gone": True, "back": False}[step]
        assert state in {None, "hint", "open", "undone"}
        if state == "open":
            assert is_gone
        if state in {"hint", "undone"}:
            assert not is_gone


async def test_who_looks_like_someone_is_held_and_what_they_have_waits(
    desk: Signed, lab: Lab
) -> None:
    """Said to be the same person: profile, appointment and form go to the record on file."""
    sync = Sync(lab)
    page = await desk.follow(
        "/clients", legal_name="Marisole Vantrask", phone="502 555 8201", other_person="1"
    )
    ours = page.url.path.rsplit("/", 1)[1]
    who = profile(8201, Name="Marisole Vantrask", Phone="502 555 8201", DateOfBirth=None)
    form = intake("p-form", 8201)
    visit = appointment("p-visit", 8201)
    sync.clients, sync.visits, sync.forms = [who], [visit], [form]
    for found in (visit, form):
        lab.intakeq.objects[path_of(found)] = Reply.of(found)
    lab.intakeq.objects["/clients/profile/8201"] = Reply.of(who)
    await sync.run()
    (arrival,) = await waiting(desk)
    shown = (await desk.get(f"{PEOPLE}/{arrival}")).text
    assert "Marisole Vantrask" in shown
    assert "Same person" in shown
    rows = await lab.database.run("select count(*) from practice.appointment")
    before = rows[0][0]
    assert "wait until someone says who the client is" in (await desk.get("/intake/check")).text
    await desk.follow(f"{PEOPLE}/{arrival}/same")
    await sync.run()
    rows = await lab.database.run(
        "select (select count(*) from practice.appointment where client_id = $1),"
        " (select count(*) from practice.intake where client_id = $1),"
        " (select count(*) from practice.appointment)",
        uuid.UUID(ours),
    )
    assert tuple(rows[0]) == (1, 1, before + 1)
    assert await waiting(desk) == []
    assert (await desk.post(f"{PEOPLE}/{arrival}/other")).status_code == 409


async def test_someone_else_gets_a_record_of_their_own(desk: Signed, lab: Lab) -> None:
    """And the two are not asked about again."""
    sync = Sync(lab)
    await desk.follow(
        "/clients", legal_name="Ollivander Preece", phone="502 555 8202", other_person="1"
    )
    sync.clients = [profile(8202, Name="Ollivander Preece", Phone="502 555 8202", DateOfBirth=None)]
    await sync.run()
    (arrival,) = await waiting(desk)
    await desk.follow(f"{PEOPLE}/{arrival}/other")
    hits = (await desk.follow("/clients/search", q="Ollivander Preece")).text
    assert len(set(re.findall(r'href="/clients/([0-9a-f-]{36})"', hits))) == 2
    await sync.run()
    assert await waiting(desk) == []


async def test_form_that_cannot_wait_is_never_held(desk: Signed, lab: Lab) -> None:
    """A risk answer of someone who looks like a client is stored at once, and the pair is asked about."""
    sync = Sync(lab)
    await lab.database.run(
        "insert into practice.risk_rule (id, name, question_id, says) values ($1, 'Risk', 'q-1', 'sleep')"
        " on conflict do nothing",
        uuid.uuid4(),
    )
    await desk.follow(
        "/clients", legal_name="Bettina Quorrel", phone="502 555 8203", other_person="1"
    )
    who = profile(8203, Name="Bettina Quorrel", Phone="502 555 8203", DateOfBirth=None)
    form = intake("p-risk", 8203)
    sync.forms = [form]
    lab.intakeq.objects[path_of(form)] = Reply.of(form)
    lab.intakeq.objects["/clients/profile/8203"] = Reply.of(who)
    await sync.run()
    rows = await lab.database.run(
        "select state from practice.intakeq_arrival order by found_at desc limit 1"
    )
    await lab.database.run("delete from practice.risk_rule where question_id = 'q-1'")
    assert rows[0][0] == "added"
    assert (await lab.database.run("select count(*) from practice.risk_answer"))[0][0] >= 1


async def test_merge_is_proposed_followed_and_followed_back(desk: Signed, lab: Lab) -> None:
    """One client is gone in IntakeQ and what they had names another; later it is taken apart again."""
    sync = Sync(lab)
    one = profile(8204, Name="Cosimo Harrowgate", Phone="502 555 8204", DateOfBirth=None)
    two = profile(8205, Name="Petronella Duskin", Phone="502 555 8205", DateOfBirth=None)
    visit = appointment("p-merge", 8204)
    sync.clients, sync.visits = [one, two], [visit]
    await sync.run()
    gone, into = [await found(desk, name) for name in ("Cosimo Harrowgate", "Petronella Duskin")]
    sync.clients, sync.gone = [two], [one]
    sync.visits = [{**visit, "ClientId": 8205, "LastModified": visit["LastModified"] + 1}]
    await sync.run()
    page = (await desk.get(PEOPLE)).text
    assert f"/clients/{into}/merge/{gone}" in page
    await merged(desk, into, gone)
    assert f"/clients/{into}/merge/{gone}" not in (await desk.get(PEOPLE)).text
    sync.clients, sync.gone = [one, two], []
    sync.visits = [{**visit, "LastModified": visit["LastModified"] + 2}]
    await sync.run()
    page = (await desk.get(PEOPLE)).text
    assert "took" in page
    assert "apart again" in page
    ((merge,),) = await lab.database.run(
        "select id from practice.client_merge where merged_id = $1 and undone_at is null",
        uuid.UUID(gone),
    )
    await desk.follow(f"/clients/merges/{merge}/undo")
    assert "apart again" not in (await desk.get(PEOPLE)).text


async def test_merge_may_be_left_alone_and_asked_again(desk: Signed, lab: Lab) -> None:
    """Keep them apart here; undo asks again; the API says the same."""
    sync = Sync(lab)
    one = profile(8206, Name="Lysander Moorcock", Phone="502 555 8206", DateOfBirth=None)
    two = profile(8207, Name="Winifred Applegarth", Phone="502 555 8207", DateOfBirth=None)
    visit = appointment("p-left", 8206)
    sync.clients, sync.visits = [one, two], [visit]
    await sync.run()
    sync.clients, sync.gone = [two], [one]
    sync.visits = [{**visit, "ClientId": 8207, "LastModified": visit["LastModified"] + 1}]
    await sync.run()
    (each,) = (await desk.get("/api/v1/intake/people")).json()["merges"]
    await desk.follow(f"{PEOPLE}/merges/{each['id']}/leave")
    assert (await desk.get("/api/v1/intake/people")).json()["merges"] == []
    await desk.follow(f"{PEOPLE}/merges/{each['id']}/ask-again")
    assert len((await desk.get("/api/v1/intake/people")).json()["merges"]) == 1
    left = await desk.ask("POST", f"/api/v1/intake/people/merges/{each['id']}/leave")
    assert left.json()["state"] == "apart"


async def found(desk: Signed, name: str) -> str:
    """The one client that a name finds."""
    page = (await desk.follow("/clients/search", q=name)).text
    (each,) = set(re.findall(r'href="/clients/([0-9a-f-]{36})"', page))
    return each


@pytest.mark.parametrize("role", ROLES)
async def test_who_may_decide(as_role: AsRole, role: str) -> None:
    """Front desk and administrators."""
    person = await as_role(role)
    may = role in {"front_desk", "admin"}
    assert (await person.get(PEOPLE)).status_code == (200 if may else 403)
    unknown = uuid.uuid4()
    for path in (f"{unknown}/same", f"{unknown}/other", f"merges/{unknown}/leave"):
        answer = await person.post(f"{PEOPLE}/{path}")
        assert answer.status_code == (404 if may else 403)


async def test_check_page_and_button(desk: Signed, lab: Lab) -> None:
    """The Intake page has its line; the button asks for a check; the API says the same."""
    await lab.change("update ingress.sync_state set wanted_at = null, asks_since = null")
    assert "IntakeQ" in (await desk.get("/intake/check")).text
    assert "missed changes" in (await desk.get("/intake")).text
    await desk.follow("/intake/check/now")
    rows = await lab.database.run("select wanted_at is not null from ingress.sync_state")
    assert rows[0][0]
    assert (await desk.get("/api/v1/intake/check")).json()["held"] == 0
    assert (await desk.ask("POST", "/api/v1/intake/check/now")).status_code == 200
