"""The mailbox: each attachment comes into the tray once, bad ones are said, and one email stops no other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.tray import mail, mail_parts, mail_state, morning_page
from lmhg_gateway.features.tray.intake import Intake
from lmhg_gateway.features.tray.mail import MailWatch
from lmhg_gateway.features.tray.views import REFUSED
from lmhg_kit.errors import Unavailable
from lmhg_kit.http.testing import Signed
from lmhg_kit.persistence import Database
from lmhg_stack.ports import free_ports
from lmhg_stack.testing import PlaneDatabase

from . import papers  # noqa: TID252 - beside this file
from .mailboxes import Inbox, email, work  # noqa: TID252 - beside this file
from .trays import fax  # noqa: TID252 - beside this file


async def files(onprem: PlaneDatabase) -> list[dict[str, object]]:
    """All that came by email, the oldest first."""
    rows = await onprem.run(
        "select id, state, refused_why, upload_id, mail_mark from practice.paper_file"
        " where source = 'mailbox' order by received_at, id"
    )
    return [dict(row) for row in rows]


async def why_of(onprem: PlaneDatabase, before: int) -> list[object]:
    """Why each of those that came since was refused, or that it is stored."""
    return [row["refused_why"] or row["state"] for row in (await files(onprem))[before:]]


async def test_files_of_an_email_come_in_once_and_the_email_is_moved(  # noqa: PLR0917 - fixtures
    desk: Signed,
    inbox: Inbox,
    mail_watch: MailWatch,
    intake: Intake,
    onprem: PlaneDatabase,
    spool: Spool,
) -> None:
    """Each is a paper of its own, byte for byte; who sent it is on its page, and nothing is left in the spool."""
    sent = [fax("First fax", "Second page"), fax("Another one")]
    before = len(await files(onprem))
    inbox.put(email(("fax 41.pdf", sent[0]), ("fax 42.pdf", sent[1]), subject="Two faxes"))
    await work(mail_watch, intake)
    page = (await desk.get("/tray")).text
    assert page.count(">fax 41<") == page.count(">fax 42<") == 1
    new = (await files(onprem))[before:]
    kept = [(await desk.get(f"/tray/files/{row['id']}/original")).content for row in new]
    assert sorted(kept) == sorted(sent)
    own = page.partition(">fax 41<")[0].rpartition('href="')[2].rstrip('"')
    said = (await desk.get(own)).text
    assert "Okafor Practice &lt;fax@okafor.test&gt;" in said
    assert "Two faxes" in said
    assert (inbox.there(), len(inbox.taken), inbox.refused) == ([], 1, [])
    assert not spool.held()


async def test_email_stays_until_its_files_are_in_the_store(
    inbox: Inbox, mail_watch: MailWatch, intake: Intake, onprem: PlaneDatabase, spool: Spool
) -> None:
    """Before that its bytes are in the spool too, sealed; nothing of them is in the clear on the disk."""
    data = fax("Waits for the store")
    inbox.put(email(("waits.pdf", data)))
    assert await mail_watch.step() == 1
    assert await mail_watch.step() == 0
    assert len(inbox.there()) == 1
    [file] = [path for path in spool.folder.iterdir() if path.name.endswith(".part")]
    assert b"%PDF" not in file.read_bytes()
    await intake.check()
    assert await mail_watch.step() == 1
    assert (inbox.there(), len(inbox.taken)) == ([], 1)


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("macro.zip", papers.archive(), "mail_zip"),
        ("winmail.dat", b"\x78\x9f\x3e\x22\x01", "mail_winmail"),
        ("letter.docx", papers.docx(), "paper_type"),
        ("smime.p7m", b"0\x82", "mail_secret"),
        ("damaged.pdf", b"%PDF-1.7\nnothing", "paper_broken"),
        ("empty.pdf", b"", "paper_empty"),
    ],
)
async def test_file_that_cannot_be_taken_is_said_and_its_email_kept_apart(  # noqa: PLR0917 - fixtures
    desk: Signed,
    inbox: Inbox,
    mail_watch: MailWatch,
    intake: Intake,
    onprem: PlaneDatabase,
    name: str,
    data: bytes,
    why: str,
) -> None:
    """The other file of the same email is taken; the line can be taken off the list."""
    before = len(await files(onprem))
    inbox.put(email((name, data), ("sound.pdf", fax(f"Beside {name}"))))
    await work(mail_watch, intake)
    assert sorted(map(str, await why_of(onprem, before))) == sorted([why, "stored"])
    assert (inbox.there(), inbox.taken, len(inbox.refused)) == ([], [], 1)
    row = next(each for each in (await files(onprem))[before:] if each["refused_why"])
    [paper] = await onprem.run(f"select paper_id from practice.paper_file where id = '{row['id']}'")
    own = f"/tray/{paper['paper_id']}"
    said = unescape((await desk.get(own)).text)
    assert REFUSED[why] in said
    assert "emails that were not taken" in said
    answer = await desk.post(f"{own}/dismiss")
    assert answer.status_code == 303
    assert (await desk.get(own)).status_code == 404
    await work(mail_watch, intake)
    assert len(await files(onprem)) == before + 2


async def test_email_without_a_file_is_a_line_that_says_so(
    desk: Signed, inbox: Inbox, mail_watch: MailWatch, intake: Intake, onprem: PlaneDatabase
) -> None:
    """By its subject."""
    before = len(await files(onprem))
    inbox.put(email(subject="Please call back 7731"))
    await work(mail_watch, intake)
    assert await why_of(onprem, before) == ["mail_empty"]
    page = (await desk.get("/tray")).text
    assert "Please call back 7731" in page
    assert REFUSED["mail_empty"] in page
    assert len(inbox.refused) == 1


async def test_same_email_twice_is_one_paper_and_another_with_its_id_is_two(
    inbox: Inbox, mail_watch: MailWatch, intake: Intake, onprem: PlaneDatabase
) -> None:
    """What was delivered twice is moved all the same; an id that two emails share hides neither."""
    before = len(await files(onprem))
    first = email(("a.pdf", fax("Delivered twice")), message_id="<same@okafor.test>")
    other = email(("a.pdf", fax("Another one, same id")), message_id="<same@okafor.test>")
    inbox.put(first, first, other)
    await work(mail_watch, intake)
    inbox.put(b"Received: from elsewhere\r\n" + first)
    await work(mail_watch, intake)
    assert await why_of(onprem, before) == ["stored", "stored"]
    assert (inbox.there(), len(inbox.taken)) == ([], 4)


async def test_email_without_an_id_is_known_by_its_bytes(
    inbox: Inbox, mail_watch: MailWatch, intake: Intake, onprem: PlaneDatabase
) -> None:
    """Two scans of one blank form that a scanner sends a minute apart are two papers."""
    before = len(await files(onprem))
    scan = fax("A blank form")
    one = email(("scan.pdf", scan), message_id=None, subject="Scan 1")
    two = email(("scan.pdf", scan), message_id=None, subject="Scan 2")
    inbox.put(one, two, two)
    await work(mail_watch, intake)
    assert await why_of(onprem, before) == ["stored", "stored"]


async def test_server_that_numbers_its_emails_anew_doubles_nothing(  # noqa: PLR0917 - fixtures
    inbox: Inbox,
    mail_watch: MailWatch,
    intake: Intake,
    onprem: PlaneDatabase,
    worker_db: Database,
    spool: Spool,
) -> None:
    """While they wait for the store, for the same worker and for one that begins."""
    before = len(await files(onprem))
    inbox.put(email(("n1.pdf", fax("Numbered one"))), email(("n2.pdf", fax("Numbered two"))))
    assert await mail_watch.step() == 2
    inbox.numbered_anew()
    assert await mail_watch.step() == 2
    inbox.numbered_anew()
    again = MailWatch(worker_db, spool, inbox.server)
    await work(again, intake)
    assert await why_of(onprem, before) == ["stored", "stored"]
    assert (inbox.there(), len(inbox.taken)) == ([], 2)


async def test_huge_email_is_refused_without_being_fetched(
    monkeypatch: pytest.MonkeyPatch,
    inbox: Inbox,
    mail_watch: MailWatch,
    intake: Intake,
    onprem: PlaneDatabase,
) -> None:
    """Its size is asked for first; a small one behind it comes in."""
    before = len(await files(onprem))
    monkeypatch.setattr(mail, "MAIL_BYTES_MAX", 60_000)
    big = email(("big.pdf", bytes(90_000)), subject="Far too large")
    inbox.put(big, email(("small.pdf", fax("Small one"))))
    await work(mail_watch, intake)
    assert await why_of(onprem, before) == ["mail_large", "stored"]
    assert inbox.refused == [big]


async def test_email_with_too_many_files_brings_those_that_fit(
    monkeypatch: pytest.MonkeyPatch,
    inbox: Inbox,
    mail_watch: MailWatch,
    intake: Intake,
    onprem: PlaneDatabase,
) -> None:
    """And says that there are more; the email is kept where someone finds it."""
    monkeypatch.setattr(mail_parts, "FILES_MAX", 3)
    before = len(await files(onprem))
    inbox.put(email(*((f"{n}.pdf", fax(f"Of many {n}")) for n in range(5))))
    await work(mail_watch, intake)
    assert await why_of(onprem, before) == ["stored"] * 3 + ["mail_many"]
    assert len(inbox.refused) == 1


async def test_email_that_cannot_be_handled_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
    inbox: Inbox,
    mail_watch: MailWatch,
    intake: Intake,
    onprem: PlaneDatabase,
) -> None:
    """Not even as many as one look reads: those that failed before come last, and the loop still says so."""
    before = len(await files(onprem))
    monkeypatch.setattr(mail, "LOOKED_MAX", 2)
    bad = [email(("bad.pdf", fax(f"Bad {n}")), subject="poison") for n in range(2)]
    inbox.put(*bad, email(("good.pdf", fax("Good"))))

    def read(data: bytes) -> mail_parts.Mail:
        if b"poison" in data:
            raise RuntimeError
        return mail_parts.read_mail(data)

    monkeypatch.setattr(mail, "read_mail", read)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await mail_watch.step()
    await intake.check()
    with pytest.raises(RuntimeError):
        await mail_watch.step()
    assert await why_of(onprem, before) == ["stored"]
    assert (len(inbox.there()), len(inbox.taken)) == (2, 1)


async def test_trouble_is_said_with_its_cause_and_since_when(
    desk: Signed, inbox: Inbox, worker_db: Database, spool: Spool, tmp_path: Path
) -> None:
    """On the tray at once; a wrong password is not sent again and again. All of it ends with the trouble."""
    wrong = tmp_path / "wrong"
    wrong.write_text("another word")
    now = [datetime.now(UTC)]
    server = replace(inbox.server, password_file=wrong)
    locked = MailWatch(worker_db, spool, server, clock=lambda: now[0])
    with pytest.raises(Unavailable) as failed:
        await locked.step()
    assert (failed.value.code, failed.value.phase) == ("tray_mailbox", "login")
    page = unescape((await desk.get("/tray")).text)
    assert "The mailbox can't be read since" in page
    assert "refuses our name or password" in page
    wrong.write_text("correct horse")
    with pytest.raises(Unavailable):
        await locked.step()
    now[0] += timedelta(minutes=6)
    await locked.step()
    assert "be read since" not in (await desk.get("/tray")).text


async def test_morning_page_says_what_lasts_and_a_worker_that_does_not_look(
    inbox: Inbox, worker_db: Database, spool: Spool
) -> None:
    """Not a hiccup; with the hour in the practice's time; and nothing once the settings name no mailbox."""
    now = [datetime(2026, 11, 27, 15, 0, tzinfo=UTC)]
    zone = ZoneInfo("America/Kentucky/Louisville")
    watch = MailWatch(
        worker_db, spool, replace(inbox.server, port=free_ports(1)[0]), clock=lambda: now[0]
    )

    async def said(after: timedelta) -> list[str]:
        async with worker_db.read(mail.ACTOR, "test") as tx:
            found = await morning_page.stopped(tx, (now[0] + after).astimezone(zone))
        return [each.sentence for each in found]

    await mail_state.say_off(worker_db, mail.ACTOR, at=now[0])
    await MailWatch(worker_db, spool, inbox.server, clock=lambda: now[0]).step()
    assert await said(timedelta(minutes=1)) == []
    assert "does not look into it" in (await said(timedelta(hours=1)))[0]
    for _ in range(4):
        with pytest.raises(Unavailable):
            await watch.step()
        now[0] += timedelta(minutes=4)
    [line] = await said(timedelta())
    assert "can't be read since Fri, Nov 27, 10:00 AM. Its server does not answer." in line
    assert await said(timedelta(minutes=-8)) == []
    await mail_state.say_off(worker_db, mail.ACTOR, at=now[0])
    assert await said(timedelta(days=9)) == []


async def test_full_disk_leaves_the_email_where_it_is(  # noqa: PLR0917 - fixtures
    monkeypatch: pytest.MonkeyPatch,
    desk: Signed,
    inbox: Inbox,
    mail_watch: MailWatch,
    intake: Intake,
    onprem: PlaneDatabase,
) -> None:
    """And says so; with room again it comes in."""
    before = len(await files(onprem))
    inbox.put(email(("a.pdf", fax("No room for it"))))
    with monkeypatch.context() as full:
        full.setattr("lmhg_gateway.adapters.spool.SPARE_BYTES", 1 << 62)
        with pytest.raises(Unavailable, match="spool_full"):
            await mail_watch.step()
        assert "disk for incoming files is full" in (await desk.get("/tray")).text
        assert len(inbox.there()) == 1
    await work(mail_watch, intake)
    assert await why_of(onprem, before) == ["stored"]
    assert "be read since" not in (await desk.get("/tray")).text


async def test_nothing_of_an_email_is_in_a_log(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    inbox: Inbox,
    mail_watch: MailWatch,
    intake: Intake,
) -> None:
    """Neither of one that comes in nor of one that fails: not who sent it, its subject, or a file's name."""
    words = ("Quillimane", "Zabrowicz", "Vantorell")
    sent = email((f"{words[0]}.pdf", fax("x")), sender=f"{words[1]} <a@b.test>", subject=words[2])
    inbox.put(sent)

    def broken(_data: bytes) -> mail_parts.Mail:
        raise ValueError(" ".join(words))

    with monkeypatch.context() as bad:
        bad.setattr(mail, "read_mail", broken)
        with pytest.raises(ValueError, match=words[0]):
            await mail_watch.step()
    await work(mail_watch, intake)
    logged = "".join(capsys.readouterr())
    assert "item.failed" in logged
    assert not [word for word in words if word in logged]
