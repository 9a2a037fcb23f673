"""The Intake page: what is held and why, tried again or set aside; never a word of what is in a message."""

import asyncio
import re
import uuid

import pytest

from lmhg_contracts.roles import ROLES
from lmhg_gateway.features.deliveries import views
from lmhg_kit.http.queue import STATES
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_quality.intake_lab import Lab, Reply, appointment, hook_of, intake, note, path_of, profile
from lmhg_stack.testing import PlaneDatabase

from .messages import held, in_every_state, said  # noqa: TID252 - beside this file

DECIDES = {"front_desk", "it_support", "admin"}
READS = DECIDES | {"compliance"}
FULL = 500
NOT_JSON = views.HELD_WORDS["not_json"]
STEPS = ("again", "aside")
CANARIES = ("Tavishel", "Ormandine", "example.test", "555) 010", "Test Way", "co-held", "4711")
ONE = re.compile(r'href="/intake/([0-9a-f]{8}-[0-9a-f-]{27})"')


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """The front desk."""
    return await as_role("front_desk")


@pytest.mark.parametrize("role", ROLES)
async def test_who_may_read_reads_and_who_may_decide_has_the_buttons(
    lab: Lab, as_role: AsRole, role: str
) -> None:
    """The officer looks; desk, IT and administrator also act; others do not come in."""
    (message,) = await held(lab)
    person = await as_role(role)
    for path in ("/intake", f"/intake/{message}"):
        page = await person.get(path)
        assert page.status_code == (200 if role in READS else 403)
        assert ("Set aside </button>" in said(page)) == (role in DECIDES)
    if role not in DECIDES:
        for step in STEPS:
            assert (await person.post(f"/intake/{message}/{step}")).status_code == 403
            assert (await person.post(f"/intake/{step}", codes="not_json")).status_code == 403
    assert await lab.result(message) == ("held", "not_json")


def tab_of(state: str) -> str:
    """The address of a state's list, as a pattern."""
    return "/intake" if state == "held" else rf"/intake\?state={state}"


async def test_each_state_lists_its_own_with_reason_and_age(lab: Lab, desk: Signed) -> None:
    """Each message is in one list, and its page says the same; the tabs count them."""
    messages = await in_every_state(lab)
    assert set(messages) == {state for state, _ in STATES}
    damaged = f"{NOT_JSON[0].upper()}{NOT_JSON[1:]}."
    words = {
        "waiting": "The last try did not work, so we will try again.",
        "held": damaged,
        "refused": "We do not use messages of this type.",
        "set_aside": damaged,
        "done": "The record here is up to date.",
    }
    for state, label in STATES:
        page = said(await desk.get("/intake", state=state))
        assert ONE.findall(page) == [str(messages[state])]
        assert words[state] in page
        assert "3 days" in page
        for name, each in STATES:
            assert re.search(rf'href="{tab_of(name)}"[^>]*>{each} <span class="badge">1<', page)
        own = said(await desk.get(f"/intake/{messages[state]}"))
        assert words[state] in own
        assert "3 days" in own
        assert re.search(rf'href="{tab_of(state)}">.{{,250}}Back to the list', own)
        assert re.search(rf'class="badge \w*">{label}</span>', own)


async def test_unknown_state_or_page_is_the_usual_list(lab: Lab, desk: Signed) -> None:
    """An address that was typed by hand is no error."""
    (message,) = await held(lab)
    for query in ({"state": "lost"}, {"state": ""}, {"page": "x"}, {"state": "held' or 1=1"}):
        assert str(message) in said(await desk.get("/intake", **query))


async def test_one_is_tried_again_and_done(lab: Lab, desk: Signed) -> None:
    """After a mend in IntakeQ a press on the page brings it into the record."""
    found = intake("co-1", 4711)
    lab.intakeq.objects[path_of(found)] = Reply.of({**found, "ClientId": None})
    (message,) = await lab.deliver(hook_of(found))
    await lab.work()
    assert await lab.result(message) == ("held", "client_missing")
    lab.intakeq.objects[path_of(found)] = Reply.of(found)
    lab.intakeq.objects["/clients/profile/4711"] = Reply.of(profile(4711))
    page = said(await desk.follow(f"/intake/{message}/again"))
    assert "We will try it again now." in page
    assert 'class="badge ">Waiting</span>' in page
    await lab.work()
    assert (await lab.result(message))[0] == "done"


async def test_one_is_set_aside_kept_and_can_come_back(lab: Lab, desk: Signed) -> None:
    """Setting aside ends nothing for good: body and reason stay, and it can be tried again."""
    (message,) = await held(lab)
    page = said(await desk.follow(f"/intake/{message}/aside"))
    assert "Set aside. You can still try it again." in page
    assert await lab.result(message) == ("set_aside", "not_json")
    (kept,) = await lab.database.run("select body_sealed from ingress.delivery")
    assert kept["body_sealed"]
    await desk.follow(f"/intake/{message}/again")
    assert await lab.result(message) == (None, None)
    await lab.work()
    assert await lab.result(message) == ("held", "not_json")


async def test_all_of_one_reason_are_set_aside_and_come_back(lab: Lab, desk: Signed) -> None:
    """Codes with the same words are one reason; another reason stays as it is, both ways."""
    damaged = await held(lab, 2) + await held(lab, code="not_utf8")
    (other,) = await held(lab, code="time_missing")
    page = said(await desk.get("/intake"))
    assert f"3 messages</strong>: {NOT_JSON}" in page
    assert f"1 message</strong>: {views.HELD_WORDS['time_missing']}" in page
    assert page.count("Try all again") == 1
    await press(desk, "aside", "held", "not_json", "not_utf8")
    assert {(await lab.result(each))[0] for each in damaged} == {"set_aside"}
    assert await lab.result(other) == ("held", "time_missing")
    back = said(await desk.get("/intake", state="set_aside"))
    assert f"3 messages</strong>: {NOT_JSON}" in back
    assert "Set all aside" not in back
    await press(desk, "again", "set_aside", "not_json", "not_utf8")
    assert {await lab.result(each) for each in damaged} == {(None, None)}
    assert await lab.result(other) == ("held", "time_missing")


async def test_all_of_one_reason_are_tried_again(lab: Lab, desk: Signed) -> None:
    """What was set aside for the same reason stays aside, and what is held for another stays held."""
    first, second, aside = await held(lab, 3)
    (other,) = await held(lab, code="time_missing")
    await desk.follow(f"/intake/{aside}/aside")
    await press(desk, "again", "held", "not_json")
    assert {await lab.result(each) for each in (first, second)} == {(None, None)}
    assert await lab.result(aside) == ("set_aside", "not_json")
    assert await lab.result(other) == ("held", "time_missing")


async def press(desk: Signed, step: str, state: str, *codes: str) -> None:
    """Press the button beside a reason, which sends what the page put into its form."""
    page = said(await desk.get("/intake", state=state))
    forms = re.findall(rf'<form method="post" action="/intake/{step}".*?</form>', page)
    sent = [re.findall(r'name="codes" value="(\w+)"', form) for form in forms]
    assert list(codes) in sent
    fields = {"csrf_token": desk.token, "state": state, "codes": list(codes)}
    answer = await desk.browser.post(f"/intake/{step}", data=fields)
    assert answer.status_code == 303
    after = said(await desk.browser.get(answer.headers["location"]))
    assert ("We will try them again now." if step == "again" else "Set aside. You can") in after


@pytest.mark.parametrize("step", STEPS)
async def test_second_click_changes_nothing_and_says_so(
    lab: Lab, desk: Signed, as_role: AsRole, step: str
) -> None:
    """A colleague was first: back on the page as it is now, with a sentence, for one and for a reason."""
    (message,) = await held(lab)
    own = f"/intake/{message}"
    await (await as_role("it_support")).follow(f"{own}/{step}")
    now = await lab.result(message)
    for path, fields in ((own, {}), ("/intake", {"codes": "not_json"})):
        refused = await desk.browser.post(
            f"{path}/{step}",
            data={"csrf_token": desk.token, **fields},
            headers={"referer": f"http://work.test{path}"},
        )
        assert (refused.status_code, refused.headers["location"]) == (303, path)
        page = said(await desk.get(path))
        assert "Someone already did this, so nothing was changed." in page
        assert await lab.result(message) == now


@pytest.mark.parametrize("step", STEPS)
async def test_two_at_once_are_one_step(lab: Lab, desk: Signed, as_role: AsRole, step: str) -> None:
    """The database decides who was first, whichever way each of them came."""
    (message,) = await held(lab)
    support = await as_role("it_support")
    answers = await asyncio.gather(
        *(each.post(f"/intake/{message}/{step}") for each in (desk, support)),
        *(each.post(f"/intake/{step}", codes="not_json") for each in (desk, support)),
    )
    assert sorted(each.status_code for each in answers) == [303, 409, 409, 409]


async def test_crafted_reason_touches_nothing(lab: Lab, desk: Signed) -> None:
    """No reason is not every reason, and a state that no step leads from is refused."""
    (message,) = await held(lab)
    for fields, status in (
        ({}, 422),
        ({"codes": ""}, 422),
        ({"codes": "x" * 61}, 422),
        ({"codes": "not_json", "state": "done"}, 422),
        ({"codes": "unheard_of"}, 409),
    ):
        for step in STEPS:
            answer = await desk.post(f"/intake/{step}", **fields)
            assert answer.status_code == status, (fields, step)
    aside = await desk.post("/intake/aside", codes="not_json", state="set_aside")
    assert aside.status_code == 409
    assert await lab.result(message) == ("held", "not_json")
    unknown = await desk.post(f"/intake/{uuid.UUID(int=9)}/again")
    assert unknown.status_code == 409
    assert (await desk.get(f"/intake/{uuid.UUID(int=9)}")).status_code == 404


async def test_step_is_on_record_with_person_and_purpose(
    lab: Lab, desk: Signed, onprem: PlaneDatabase
) -> None:
    """Who did it, to which message, and which columns; never a value."""
    (message,) = await held(lab)
    await desk.follow(f"/intake/{message}/aside")
    rows = await onprem.run("select * from audit.event where purpose = 'intake.aside'")
    assert [row["actor"] for row in rows if str(message) in str(dict(row))] == [
        str(uuid.UUID(int=1))
    ]
    assert "not_json" not in str([dict(row) for row in rows])


async def test_empty_page_says_so_in_a_sentence(lab: Lab, desk: Signed) -> None:
    """Every state without a message."""
    for state, text in (
        ("held", "Nothing is held"),
        ("waiting", "Nothing is waiting"),
        ("refused", "Everything was accepted"),
        ("set_aside", "Nothing is set aside"),
        ("done", "Nothing is done yet"),
    ):
        page = said(await desk.get("/intake", state=state))
        assert text in page
        assert "No message is waiting." in page
        assert "0 messages" in page


async def test_full_page_has_its_true_total_its_pages_and_its_file(lab: Lab, desk: Signed) -> None:
    """Five hundred held: fifty a page, the oldest first, and one file with all of them."""
    made = await held(lab, FULL)
    await lab.change(
        "update ingress.delivery d set received_at = now() - n * interval '1 hour'"
        " from unnest($1::uuid[]) with ordinality as v(id, n) where d.id = v.id",
        made,
    )
    seen: list[str] = []
    path = "/intake"
    while path:
        page = said(await desk.browser.get(path))
        assert "500 messages" in page
        seen += ONE.findall(page)
        older = re.search(r'href="(/intake\?page=\d+)"[^>]*>[^<]*Next', page)
        path = older[1] if older else ""
    assert seen == [str(each) for each in reversed(made)]
    table = await desk.get("/intake", **{"as": "csv"})
    assert len(table.text.strip().splitlines()) == 1 + FULL


async def test_no_value_of_a_record_is_on_any_page(lab: Lab, desk: Signed, as_role: AsRole) -> None:
    """Names, numbers and ids of what was sent and fetched, on every page, file and answer of intake.

    The control: the list of clients has the name.
    """
    messages = await in_every_state(lab)
    visit = appointment("co-held-2", 4711)
    lab.intakeq.ask = lambda _: None
    lab.intakeq.objects[path_of(visit)] = Reply.of({**visit, "ClientId": None})
    odd = await lab.deliver(hook_of(visit), hook_of(note("co-held-3", 4711)))
    await lab.work()
    clients = await desk.browser.post(
        "/api/v1/clients/search", json={"q": "tavishel"}, headers={"x-csrf-token": desk.token}
    )
    assert CANARIES[0] in clients.text
    officer = await as_role("compliance")
    pages = ["/compliance", *(f"/intake/{each}" for each in (*messages.values(), *odd))]
    for state, _ in STATES:
        pages += [f"/intake?state={state}", f"/intake?state={state}&as=csv"]
        pages += [f"/api/v1/intake?in_state={state}"]
    for path in pages:
        answer = await officer.browser.get(path)
        assert answer.status_code == 200, path
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", answer.text)
        assert [canary for canary in CANARIES if canary in text] == [], path


async def test_morning_page_leads_here(lab: Lab, as_role: AsRole) -> None:
    """The red line and the section of the officer's page open the page that tells what to do."""
    await in_every_state(lab)
    page = said(await (await as_role("compliance")).get("/compliance"))
    assert re.search(r'href="/intake"[^>]*> ?1 message from IntakeQ is held', page)
    assert re.search(r'href="/intake\?state=waiting"[^>]*> ?A message from IntakeQ has wai', page)
    assert '<a href="/intake">See all messages</a>' in page


async def test_bell_tells_who_may_decide(lab: Lab, desk: Signed, as_role: AsRole) -> None:
    """How many are held, for those who can do something about it; nothing when none is."""
    told = re.compile(r'href="/intake"[^>]*>((?:(?!</li>).)*)')
    assert "IntakeQ messages held" not in said(await desk.get("/notifications"))
    await in_every_state(lab)
    await held(lab, 2)
    (line,) = [
        each
        for each in told.findall(said(await desk.get("/notifications")))
        if "IntakeQ messages held" in each
    ]
    assert re.search(r"\b3\b", line)
    officer = await as_role("compliance")
    assert "IntakeQ messages held" not in said(await officer.get("/notifications"))
