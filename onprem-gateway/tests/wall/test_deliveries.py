"""What a page may do with a message of IntakeQ is two things, whatever its code asks: as the bare roles, in SQL."""

import uuid

import pytest

from lmhg_stack.proof import acting, prove, refused
from lmhg_stack.testing import PlaneDatabase

ANA = str(uuid.UUID(int=0xA))
DESK = "gw_workspace"
ACT = f"select {acting(ANA)}"
WORK = "select set_config('app.actor', 'process: worker', true), set_config('app.purpose', 'test', true)"
AGAIN = {
    "result": "null", "result_code": "null", "finished_at": "null", "attempts": "0", "turn_at": "null",
    "due_at": "null",
}  # fmt: skip
ASIDE = {"result": "'set_aside'", "finished_at": "now()"}
STANDS = "LM033"
UNPROVED = "LM031"
UNNAMED = "LM010"
NO_GRANT = "42501"
STATES = {
    "held": "'held', 'not_json', now()",
    "set_aside": "'set_aside', 'not_json', now()",
    "waiting": "null, null, null",
    "done": "'done', 'intake_created', now()",
    "duplicate": "'duplicate', 'seen_before', now()",
    "refused": "'refused', 'unknown_event', now()",
}


@pytest.fixture(autouse=True)
async def colleague(onprem: PlaneDatabase) -> None:
    """Ana is proved to the database."""
    await prove(onprem, ANA)


async def stored(onprem: PlaneDatabase, state: str) -> uuid.UUID:
    """A message in this state, after three tries."""
    made = uuid.uuid4()
    insert = (
        "insert into ingress.delivery (id, source, peer, outcome, size, attempts, turn_at, due_at,"
        f" result, result_code, finished_at) values ('{made}', 'intakeq', '192.0.2.7', 'stored', 1,"
        f" 3, now(), now(), {STATES[state]})"
    )
    assert await refused(onprem, "postgres", WORK, insert) == "accepted"
    return made


def update(message: uuid.UUID, change: dict[str, str]) -> str:
    """The statement that changes one message."""
    sets = ", ".join(f"{column} = {value}" for column, value in change.items())
    return f"update ingress.delivery set {sets} where id = '{message}'"


@pytest.mark.parametrize("state", STATES)
async def test_only_what_is_held_is_decided(onprem: PlaneDatabase, state: str) -> None:
    """Again from held and set aside, aside from held; what waits or is over cannot be touched."""
    may = {"again": state in {"held", "set_aside"}, "aside": state == "held"}
    for step, change in (("again", AGAIN), ("aside", ASIDE)):
        message = await stored(onprem, state)
        expected = "accepted" if may[step] else STANDS
        assert await refused(onprem, DESK, ACT, update(message, change)) == expected, step


@pytest.mark.parametrize(
    ("change", "sqlstate"),
    [
        ({**AGAIN, "attempts": "3"}, STANDS),
        ({**AGAIN, "result_code": "'not_json'"}, STANDS),
        ({**AGAIN, "finished_at": "now()"}, STANDS),
        ({**AGAIN, "turn_at": "now()"}, STANDS),
        ({**AGAIN, "due_at": "now() + interval '9 years'"}, STANDS),
        ({**ASIDE, "result_code": "'something_else'"}, STANDS),
        ({**ASIDE, "finished_at": "null"}, STANDS),
        ({**ASIDE, "attempts": "0"}, STANDS),
        ({**ASIDE, "turn_at": "now() - interval '1 day'"}, STANDS),
        ({**ASIDE, "due_at": "null"}, STANDS),
        ({"result": "'done'", "finished_at": "now()"}, STANDS),
        ({"result": "'refused'"}, STANDS),
        ({"result_code": "'time_missing'"}, STANDS),
        ({"attempts": "0"}, STANDS),
        ({**AGAIN, "body_sealed": "null"}, NO_GRANT),
        ({**AGAIN, "received_at": "now()"}, NO_GRANT),
        ({**AGAIN, "object_token": "null"}, NO_GRANT),
        ({**AGAIN, "event_token": "null"}, NO_GRANT),
        ({**AGAIN, "left_out": "null"}, NO_GRANT),
        ({**AGAIN, "peer": "'x'"}, NO_GRANT),
        ({**AGAIN, "id": f"'{uuid.UUID(int=5)}'"}, NO_GRANT),
    ],
)
async def test_nothing_else_of_a_held_message_can_be_changed(
    onprem: PlaneDatabase, change: dict[str, str], sqlstate: str
) -> None:
    """Neither what came, nor how often it was tried, nor why it is held."""
    message = await stored(onprem, "held")
    before = await onprem.run("select * from ingress.delivery where id = $1", message)
    assert await refused(onprem, DESK, ACT, update(message, change)) == sqlstate
    after = await onprem.run("select * from ingress.delivery where id = $1", message)
    assert dict(after[0]) == dict(before[0])


@pytest.mark.parametrize(
    ("claim", "sqlstate"),
    [
        (f"set_config('app.actor', '{ANA}', true)", UNPROVED),
        ("set_config('app.actor', 'client: somewhere', true)", UNPROVED),
        ("set_config('app.actor', 'process: worker', true)", UNPROVED),
        ("set_config('app.actor', 'process: workspace', true)", UNPROVED),
        ("set_config('app.actor', 'operator', true)", UNPROVED),
        ("set_config('app.actor', '', true)", UNNAMED),
    ],
)
async def test_login_alone_decides_nothing(
    onprem: PlaneDatabase, claim: str, sqlstate: str
) -> None:
    """No session, no step, whatever name the login takes or leaves out."""
    message = await stored(onprem, "held")
    claimed = f"select {claim}, set_config('app.purpose', 'test', true)"
    for change in (AGAIN, ASIDE):
        assert await refused(onprem, DESK, claimed, update(message, change)) == sqlstate
        [row] = await onprem.run("select result from ingress.delivery where id = $1", message)
        assert row["result"] == "held"
    assert await refused(onprem, DESK, ACT, update(message, AGAIN)) == "accepted"


async def test_page_neither_adds_nor_deletes_nor_reads_a_body(onprem: PlaneDatabase) -> None:
    """The page's login has columns, not the table."""
    message = await stored(onprem, "held")
    for sql in (
        f"delete from ingress.delivery where id = '{message}'",
        "truncate ingress.delivery",
        f"select body_sealed from ingress.delivery where id = '{message}'",
        f"select * from ingress.delivery where id = '{message}'",
        "insert into ingress.delivery (source, peer, outcome, size) values ('x', 'x', 'stored', 1)",
    ):
        assert await refused(onprem, DESK, ACT, sql) == NO_GRANT, sql


async def test_door_adds_and_does_nothing_else(onprem: PlaneDatabase) -> None:
    """The rule is no hindrance to who stores a message, and no way for it to change one."""
    door = (
        "select set_config('app.actor', 'process: ingress', true),"
        " set_config('app.purpose', 'webhook received', true)"
    )
    insert = (
        f"insert into ingress.delivery (id, source, peer, outcome, size) values ('{uuid.uuid4()}',"
        " 'intakeq', '192.0.2.7', 'stored', 1)"
    )
    assert await refused(onprem, "gw_ingress", door, insert) == "accepted"
    message = await stored(onprem, "held")
    assert await refused(onprem, "gw_ingress", door, update(message, ASIDE)) == NO_GRANT


async def test_worker_works_on_as_before(onprem: PlaneDatabase) -> None:
    """The rule binds the page alone: the worker writes results of its own."""
    message = await stored(onprem, "waiting")
    change = {"result": "'done'", "result_code": "'intake_created'", "finished_at": "now()"}
    assert await refused(onprem, "gw_worker", WORK, update(message, change)) == "accepted"
