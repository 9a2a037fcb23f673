"""The monthly statement: made by the worker with progress, the same bytes as offline, none without evidence."""

import asyncio
import html
import io
import signal
import subprocess
import sys
import uuid
import zipfile
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from lmhg_gateway.features.statements.rules import STARTS_MAX
from lmhg_gateway.features.statements.service import Maker
from lmhg_kit.http.testing import AsRole, Hands, Signed
from lmhg_kit.persistence import Database
from lmhg_stack.process import base_env, script, wait_until
from lmhg_stack.testing import PlaneDatabase

from .harm import HARMS, Harm, tamper  # noqa: TID252 - beside this file
from .month import last_month, make_whole, receipt_of, sequence, write_month  # noqa: TID252 - beside this file

OWN = "/compliance/statement"


@pytest.fixture(scope="module")
async def worker_db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the worker reaches it."""
    db = Database(onprem.url("gw_worker"), pool_size=3)
    yield db
    await db.close()


@pytest.fixture(scope="module")
async def month_written(onprem: PlaneDatabase, ledger_keys: Path) -> None:
    """Last month, as the relay leaves it; nothing yet shows where it ends."""
    await write_month(onprem, ledger_keys)


@pytest.fixture
async def officer(as_role: AsRole, month_written: None, worker_db: Database) -> Signed:
    """The compliance officer, with something in the access ledger."""
    signed = await as_role("compliance")
    await signed.get("/compliance/incidents")
    await sequence(worker_db)
    return signed


@pytest.fixture
def maker(worker_db: Database, ledger_keys: Path) -> Maker:
    """The worker's hand."""
    return Maker(worker_db, "s1", ledger_keys)


@pytest.fixture
async def whole(officer: Signed, onprem: PlaneDatabase, worker_db: Database) -> Signed:
    """The officer of a month whose evidence is whole."""
    await make_whole(onprem, worker_db)
    return officer


async def made(officer: Signed, maker: Maker, month: str = "") -> tuple[str, str]:
    """Ask for a statement, let the worker make it; its path, and its page as people read it."""
    waiting = await officer.follow(OWN, month=month or last_month())
    assert await maker.step() == 1
    path = waiting.url.path
    return path, html.unescape((await officer.get(path)).text)


async def test_month_without_evidence_says_all_that_is_missing_and_what_to_do(
    officer: Signed, maker: Maker
) -> None:
    """No witness for the access ledger, and nothing that shows where the quiet relay ledger ends."""
    path, page = await made(officer, maker)
    assert f"There is no statement for {datetime.fromisoformat(last_month() + '-01'):%B %Y}" in page
    assert "The evidence is not complete" in page
    assert "Nothing in the sharing ledger is later than the month" in page
    assert "A marker is added each hour" in page
    assert "no later access entry names its size" in page
    assert "The portal has not signed for the access ledger" in page
    assert "LMHG statement for" not in page
    assert (await officer.get(f"{path}/text")).status_code == 404
    assert "No statement" in (await officer.get(OWN)).text


async def test_page_says_how_far_it_is_and_keeps_the_result(whole: Signed, maker: Maker) -> None:
    """It looks again by itself while it waits, works without a script, and never again afterwards."""
    waiting = await whole.follow(OWN, month=last_month())
    assert 'hx-trigger="every 1s"' in waiting.text
    assert "Starting in a second or two" in waiting.text
    assert "Look again" in waiting.text
    path = waiting.url.path
    part = await whole.get(f"{path}/part")
    assert "<html" not in part.text
    assert await maker.step() == 1
    done = await whole.get(path)
    assert "every 1s" not in done.text
    assert "Complete: both ledgers are checked" in done.text
    assert await maker.step() == 0
    assert path in (await whole.get(OWN)).text


async def test_progress_is_told_while_it_is_made(
    whole: Signed, maker: Maker, onprem: PlaneDatabase
) -> None:
    """What the worker has told is what the page shows."""
    waiting = await whole.follow(OWN, month=last_month())
    begun = await maker._begin()  # pyright: ignore[reportPrivateUsage] - the moment before it reads
    assert begun is not None
    await maker._tell(begun.id, 420)  # pyright: ignore[reportPrivateUsage] - as the meter does
    page = (await whole.get(waiting.url.path)).text
    assert "42 %" in page
    assert "Reading every entry" in page
    assert await maker.step() == 1


def offline(argv: list[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run the bundle's command where it was unpacked."""
    return subprocess.run(argv, cwd=folder, env=base_env(), capture_output=True, check=False)


async def test_page_file_and_command_have_the_same_bytes(
    whole: Signed, maker: Maker, tmp_path: Path
) -> None:
    """What the page shows is what is downloaded, and what the bundle's own command prints."""
    month = last_month()
    path, page = await made(whole, maker)
    text = await whole.get(f"{path}/text")
    assert f"statement-{month}.txt" in text.headers["content-disposition"]
    answer = await whole.post(f"{path}/bundle")
    assert "attachment" in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path)
    command = (tmp_path / "README.txt").read_text().split()
    assert command[0] == "lmhg-verify"
    argv = [script("lmhg-verify"), *command[1:]]
    done = await asyncio.to_thread(offline, argv, tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == text.content
    assert done.stdout.decode() in page
    assert done.stdout == (tmp_path / f"statement-{month}.txt").read_bytes()
    cut = (tmp_path / "relay.lmhg-ledger").read_bytes().splitlines(keepends=True)[:-1]
    (tmp_path / "relay.lmhg-ledger").write_bytes(b"".join(cut))
    again = await asyncio.to_thread(offline, argv, tmp_path)
    assert (again.returncode, again.stdout) == (1, b"")
    assert b"NO STATEMENT relay_truncated" in again.stderr


async def test_what_was_compared_with_the_portal_is_said(whole: Signed, maker: Maker) -> None:
    """Every receipt, the portal's witnessed ledger, and that record by record is the command's alone."""
    _, page = await made(whole, maker)
    said = page.split("Compared with the portal", 1)[1].split("The statement", 1)[0]
    for fact in ("Batches answered", "Not compared here", "20 entries"):
        assert fact in said
    assert "do not match our ledger" not in said
    assert "--portal-relay portal.lmhg-ledger" in page


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.name)
async def test_evidence_that_does_not_hold_gives_no_statement(
    whole: Signed, maker: Maker, onprem: PlaneDatabase, harm: Harm
) -> None:
    """An entry changed, an entry gone, a witness gone: each is named in plain words, in red."""
    await tamper(onprem, harm.table, harm.change)
    try:
        _, page = await made(whole, maker)
    finally:
        await tamper(onprem, harm.table, harm.back)
    assert harm.said in page
    assert "LMHG statement for" not in page
    assert 'role="alert"' in page
    assert "Complete:" in (await made(whole, maker))[1]


async def test_receipt_that_is_another_one_turns_the_statement_red(
    whole: Signed, maker: Maker, onprem: PlaneDatabase
) -> None:
    """The statement is valid, and nobody is told that sender and receiver agree."""
    one = "update relay.receipt set receipt = decode('{}', 'hex') where number = 2"
    await tamper(onprem, "receipt", one.format(receipt_of(2, entries=4).hex()))
    try:
        _, page = await made(whole, maker)
    finally:
        await tamper(onprem, "receipt", one.format(receipt_of(2).hex()))
    assert "Batch 2: the confirmation is not the one in our ledger." in page
    assert "Do not hand on this statement" in page
    assert "Made, but the portal differs" in (await whole.get(OWN)).text


async def test_without_published_keys_nothing_is_made(whole: Signed, worker_db: Database) -> None:
    """What cannot be verified is no statement, and the page says which setting it is."""
    _, page = await made(whole, Maker(worker_db, "s1", None))
    assert "the setting for the published ledger keys" in page


JOB = (
    "import asyncio, sys, pathlib\n"
    "from lmhg_gateway.features.statements.service import Maker\n"
    "from lmhg_kit.persistence import Database\n"
    "asyncio.run(Maker(Database(sys.argv[1], pool_size=3), 's1', pathlib.Path(sys.argv[2])).step())\n"
)


def killed_at_the_ledger(argv: list[str], is_waiting: Callable[[], bool]) -> int:
    """Start a worker, wait until it is before the locked ledger, and kill it; its exit code."""
    child = subprocess.Popen(argv, env=base_env())
    try:
        wait_until(is_waiting, "the worker at the ledger")
    finally:
        child.kill()
        child.wait()
    return child.returncode


async def test_statement_of_a_worker_that_was_killed_is_made_by_the_next(
    whole: Signed, maker: Maker, onprem: PlaneDatabase, ledger_keys: Path
) -> None:
    """Killed while it reads the ledger: nothing is finished, and the next worker begins again."""
    waiting = await whole.follow(OWN, month=last_month())
    argv = [sys.executable, "-c", JOB, onprem.url("gw_worker"), str(ledger_keys)]
    loop = asyncio.get_running_loop()

    def is_waiting() -> bool:
        asked = onprem.run(
            "select 1 from pg_locks where relation = 'relay.ledger'::regclass and not granted"
        )
        return bool(asyncio.run_coroutine_threadsafe(asked, loop).result())

    link = await asyncpg.connect(onprem.url("postgres"))
    try:
        async with link.transaction():
            await link.execute("lock table relay.ledger in access exclusive mode")
            code = await asyncio.to_thread(killed_at_the_ledger, argv, is_waiting)
    finally:
        await link.close()
    assert code == -signal.SIGKILL
    left = await onprem.run("select starts from compliance.statement where finished_at is null")
    assert [row["starts"] for row in left] == [1]
    assert await maker.step() == 1
    assert "Complete:" in (await whole.get(waiting.url.path)).text


async def test_statement_that_never_finishes_is_given_up_and_says_so(
    whole: Signed, maker: Maker, onprem: PlaneDatabase
) -> None:
    """After three beginnings nobody waits for a fourth, and the next month is not held up by it."""
    waiting = await whole.follow(OWN, month=last_month())
    for _ in range(STARTS_MAX):
        assert await maker._begin() is not None  # pyright: ignore[reportPrivateUsage] - and died
    assert await maker.step() == 1
    page = (await whole.get(waiting.url.path)).text
    assert "was started three times and never finished" in page


async def test_statement_that_stands_still_says_so(
    whole: Signed, worker_db: Database, ledger_keys: Path, maker: Maker
) -> None:
    """A worker that was last heard a minute ago is perhaps no more; a moment ago it is at work."""
    waiting = await whole.follow(OWN, month=last_month())
    assert "Nothing has moved" not in waiting.text
    earlier = Hands()
    earlier.at = datetime.now(UTC) - timedelta(minutes=1)
    slow = Maker(worker_db, "s1", ledger_keys, earlier)
    assert await slow._begin() is not None  # pyright: ignore[reportPrivateUsage] - and then silence
    assert "Nothing has moved for a while" in (await whole.get(waiting.url.path)).text
    assert await maker.step() == 1


async def test_two_who_ask_share_one_statement(
    whole: Signed, as_role: AsRole, maker: Maker
) -> None:
    """A second question while one waits leads to the same page; afterwards there is a new one."""
    second = await as_role("second")
    asked = [await person.post(OWN, month=last_month()) for person in (whole, second)]
    assert len({answer.headers["location"] for answer in asked}) == 1
    assert await maker.step() == 1
    again = await second.post(OWN, month=last_month())
    assert again.headers["location"] != asked[0].headers["location"]
    assert await maker.step() == 1


ANSWERED = (
    "insert into compliance.statement (id, month, zone, asked_by, outcome, finished_at, body)"
    " values (gen_random_uuid(), '2026-01', 'UTC', 'x', 'made', now(), 'x')"
)
CHANGED = "update compliance.statement set body = 'x'"


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("gw_workspace", CHANGED),
        ("gw_workspace", "delete from compliance.statement"),
        ("gw_workspace", ANSWERED),
        ("gw_worker", "delete from compliance.statement"),
        ("gw_worker", ANSWERED),
    ],
)
async def test_workspace_asks_and_never_answers(
    onprem: PlaneDatabase, role: str, statement: str
) -> None:
    """And the worker answers what was asked, and asks for nothing itself."""
    db = Database(onprem.url(role), pool_size=1)
    try:
        with pytest.raises(Exception, match="permission denied"):
            async with db.engine.begin() as link:
                await link.exec_driver_sql(statement)
    finally:
        await db.close()


async def test_finished_statement_stands(
    whole: Signed, maker: Maker, onprem: PlaneDatabase
) -> None:
    """Not even the owner of the database changes one, or takes it away."""
    await made(whole, maker)
    for statement in (CHANGED, "delete from compliance.statement"):
        with pytest.raises(asyncpg.PostgresError, match="append_only"):
            await onprem.run(statement)


@pytest.mark.found("P3", "the page makes no statement of a month that is not over, and says so")
async def test_this_month_is_not_over_and_has_no_statement(
    officer: Signed, maker: Maker, onprem: PlaneDatabase
) -> None:
    """The page refuses in one sentence; the worker too, anyone who wrote the row."""
    month = f"{datetime.now(UTC) + timedelta(days=32):%Y-%m}"
    refused = await officer.post(OWN, month=month)
    assert refused.status_code == 409
    assert "That month is not over yet. Try again after its last day." in refused.text
    row = "insert into compliance.statement (id, month, zone, asked_by) values ($1, $2, $3, 'x')"
    made = uuid.uuid4()
    await onprem.run(row, made, month, "America/Kentucky/Louisville")
    assert await maker.step() == 1
    page = html.unescape((await officer.get(f"{OWN}/{made}")).text)
    assert "The month is not over yet" in page
    assert "Too early" in (await officer.get(OWN)).text
    assert (await officer.post(f"{OWN}/{made}/bundle")).status_code == 200


async def test_page_says_that_the_month_s_end_may_still_move(whole: Signed, maker: Maker) -> None:
    """Beside the statement, whose text says it too."""
    _, page = await made(whole, maker)
    assert "few entries after this month, so the last days may still change" in page
    assert "NOT SETTLED: fewer than 1,000 entries stand beyond the month" in page


async def test_month_before_the_ledgers_began_is_called_empty(whole: Signed, maker: Maker) -> None:
    """Nothing is missing of it, and nobody takes that for a month of work."""
    _, page = await made(whole, maker, "2020-02")
    assert "Complete and empty" in page


async def test_month_that_is_none_is_refused(officer: Signed) -> None:
    """A word, a day, nothing; and a statement that was never asked for."""
    for month in ("october", "2026-10-01", "", "2026-13"):
        assert (await officer.post(OWN, month=month)).status_code == 404
    for tail in ("", "/part", "/text"):
        assert (await officer.get(f"{OWN}/{uuid.UUID(int=0)}{tail}")).status_code == 404


async def test_admin_reads_and_asks_for_nothing_and_export_asks_again_who_one_is(
    as_role: AsRole, whole: Signed, maker: Maker, onprem: PlaneDatabase
) -> None:
    """Statements are the officer's, and the evidence leaves with a second proof alone."""
    path, _ = await made(whole, maker)
    admin = await as_role("admin")
    assert (await admin.get(OWN)).status_code == 200
    assert "LMHG statement for" in (await admin.get(path)).text
    assert (await admin.post(OWN, month=last_month())).status_code == 403
    assert (await admin.get(f"{path}/text")).status_code == 403
    front = await as_role("front_desk")
    assert (await front.get(path)).status_code == 403
    await onprem.run("update identity.session set authenticated_at = now() - interval '1 hour'")
    assert (await whole.post(f"{path}/bundle")).status_code == 403
