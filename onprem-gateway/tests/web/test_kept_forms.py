"""What someone typed comes back: after a lost session, a step-up, a mistake, and someone else's change."""

import random
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.testing import PlaneDatabase

from .conftest import WORKSPACE  # noqa: TID252 - beside this file

REASON = "Fire alarm: I need the phone of a minor in room two."


class AtBrowser:
    """A signed-in person whose browser says on which page a form is."""

    def __init__(self, signed: Signed) -> None:
        self.signed = signed
        self.browser = signed.browser

    async def open(self, path: str) -> str:
        """A page; a redirect is followed."""
        answer = await self.browser.get(path, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def send(self, page: str, path: str, **fields: str) -> str:
        """The form of a page, sent from it; the address that it leads to, or nothing."""
        text = await self.open(page)
        hidden = dict(re.findall(r'name="(writer|version|base)"\s+value="([^"]*)"', text))
        typed = {name: unescape(value) for name, value in hidden.items()} | fields
        answer = await self.browser.post(
            path,
            data={"csrf_token": self.signed.token, **typed},
            headers={"referer": f"{WORKSPACE}{page}", "host": "work.test"},
        )
        self.last = answer
        return answer.headers.get("location", "")


def session_cookie(edge: Edge) -> str:
    """What the session's cookie is called."""
    return edge.inner.state["gate"].jar.name("session")


@pytest.fixture
async def desk(as_role: AsRole) -> AtBrowser:
    """The front desk at a browser."""
    return AtBrowser(await as_role("front_desk"))


async def expired(person: AtBrowser, edge: Edge, page: str, path: str, **fields: str) -> str:
    """A form sent from a page after the session was lost."""
    text = await person.open(page)
    writer = re.search(r'name="writer"\s+value="([^"]*)"', text)
    assert writer
    del person.browser.cookies[session_cookie(edge)]
    answer = await person.browser.post(
        path,
        data={"csrf_token": person.signed.token, "writer": writer[1], **fields},
        headers={"referer": f"{WORKSPACE}{page}"},
    )
    assert (answer.status_code, "location" in answer.headers) == (401, False)
    return answer.text


async def test_lost_session_keeps_the_text_for_its_writer(
    desk: AtBrowser, edge: Edge, as_role: AsRole
) -> None:
    """A page, not a redirect, leads to sign in; signed in again, the form has what was typed."""
    said = await expired(
        desk, edge, "/clients/new", "/clients", legal_name="Ottokar Vellum", payer="medicaid"
    )
    assert 'href="/sign-in"' in said
    assert "will be in the form" in said
    again = await as_role("front_desk")
    desk.browser.cookies.update(again.browser.cookies)
    page = await desk.open("/clients/new")
    assert 'value="Ottokar Vellum"' in page
    assert 'value="medicaid" selected' in page
    assert "What you typed is back in the form" in page
    assert "Ottokar" not in await desk.open("/clients/new")


async def test_kept_text_is_nobody_else_s_and_lies_nowhere_in_the_clear(
    desk: AtBrowser, edge: Edge, as_role: AsRole, capsys: pytest.CaptureFixture[str]
) -> None:
    """Anyone who signs in next at this computer sees nothing; cookies and log do not have it."""
    await expired(desk, edge, "/clients/new", "/clients", legal_name="Ottokar Vellum")
    kept = " ".join(f"{each.name}={each.value}" for each in desk.browser.cookies.jar)
    assert "typed0" in kept
    assert "Ottokar" not in kept
    written = capsys.readouterr()
    assert "Ottokar" not in written.out + written.err
    other = await as_role("clinician")
    desk.browser.cookies.update(other.browser.cookies)
    assert "Ottokar" not in await desk.open("/")
    mine = await as_role("admin")
    desk.browser.cookies.update(mine.browser.cookies)
    assert "Ottokar" not in await desk.open("/clients/new")
    back = await as_role("front_desk")
    desk.browser.cookies.update(back.browser.cookies)
    assert "Ottokar" not in await desk.open("/clients/new")


async def test_text_of_a_foreign_form_is_kept_for_nobody(
    desk: AtBrowser, edge: Edge, as_role: AsRole
) -> None:
    """Without the mark of one of our own pages nothing is planted in anybody's form."""
    del desk.browser.cookies[session_cookie(edge)]
    answer = await desk.browser.post(
        "/clients",
        data={"legal_name": "Planted Name", "writer": "x" * 90},
        headers={"referer": f"{WORKSPACE}/clients/new"},
    )
    assert "typed0" not in str(answer.headers.get_list("set-cookie"))
    again = await as_role("front_desk")
    desk.browser.cookies.update(again.browser.cookies)
    assert "Planted Name" not in await desk.open("/clients/new")


async def test_emergency_reason_survives_the_step_up(
    as_role: AsRole, edge: Edge, onprem: PlaneDatabase
) -> None:
    """Ten minutes after signing in, the reason is back in the form once the person has confirmed."""
    person = AtBrowser(await as_role("it_support"))
    page = await person.open("/break-glass")
    writer = re.search(r'name="writer"\s+value="([^"]*)"', page)
    assert writer
    await onprem.run(
        "update identity.session set authenticated_at = now() - interval '11 minutes'"
        " where user_id = '00000000-0000-0000-0000-000000000007'"
    )
    answer = await person.browser.post(
        "/break-glass",
        data={
            "csrf_token": person.signed.token,
            "writer": writer[1],
            "reason": REASON,
            "minutes": "30",
        },
        headers={"referer": f"{WORKSPACE}/break-glass"},
    )
    assert (answer.status_code, 'href="/sign-in?fresh=1"' in answer.text) == (403, True)
    await onprem.run(
        "update identity.session set authenticated_at = now()"
        " where user_id = '00000000-0000-0000-0000-000000000007'"
    )
    back = await person.open("/break-glass")
    assert REASON in back
    assert re.search(r'value="30"\s+selected', back)


async def test_form_of_an_older_session_is_kept_not_refused_blankly(
    desk: AtBrowser, as_role: AsRole
) -> None:
    """Signed in again in another tab: the old tab's form comes back with its text."""
    page = await desk.open("/clients/new")
    writer = re.search(r'name="writer"\s+value="([^"]*)"', page)
    assert writer
    again = await as_role("front_desk")
    desk.browser.cookies.update(again.browser.cookies)
    answer = await desk.browser.post(
        "/clients",
        data={
            "csrf_token": desk.signed.token,
            "writer": writer[1],
            "legal_name": "Ottokar Vellum",
        },
        headers={"referer": f"{WORKSPACE}/clients/new"},
    )
    assert (answer.status_code, 'href="/clients/new"' in answer.text) == (403, True)
    assert 'value="Ottokar Vellum"' in await desk.open("/clients/new")


async def test_form_that_is_wrong_leads_back_to_its_page_by_a_redirect(desk: AtBrowser) -> None:
    """Nothing that a browser would ask to send again; errors by label, the summary has the focus."""
    target = await desk.send("/clients/new", "/clients", legal_name="", phone="call me")
    assert (desk.last.status_code, target) == (303, "/clients/new")
    page = await desk.open(target)
    assert 'value="call me"' in page
    assert re.search(r'<a href="#legal_name">Legal name: ', page)
    assert re.search(r'id="errors"\s+autofocus', page)


async def test_refusal_as_a_whole_leads_back_and_says_why(desk: AtBrowser) -> None:
    """A referral that someone moved meanwhile: no dead end, the page as it is now."""
    client = await desk.send("/clients/new", "/clients", legal_name="Isolde Marchbanks")
    new = {
        "received_on": "2026-11-20", "source_category": "self", "channel": "phone",
        "concern_code": "grief", "urgency": "soon",
    }  # fmt: skip
    path = await desk.send(f"{client}/referrals/new", f"{client}/referrals", **new)
    await desk.send(path, f"{path}/move", seen="received", to="contacted")
    target = await desk.send(path, f"{path}/move", seen="received", to="contacted")
    assert (desk.last.status_code, target) == (303, path)
    page = await desk.open(target)
    assert "Someone already changed this" in page
    assert "This page shows how things are now" in page


async def test_search_is_a_page_of_its_own_address(desk: AtBrowser) -> None:
    """Back comes to what was found, without the browser's question; the words are in no address."""
    await desk.send("/clients/new", "/clients", legal_name="Wendeline Oddfellow")
    target = await desk.send("/", "/search", q="wendeline")
    assert (desk.last.status_code, target) == (303, "/search")
    assert "Wendeline Oddfellow" in await desk.open("/search")


async def test_two_edits_at_once_lose_nothing(as_role: AsRole) -> None:
    """What only the other changed is taken over; what both changed is shown side by side."""
    one, other = AtBrowser(await as_role("front_desk")), AtBrowser(await as_role("admin"))
    person = {"legal_name": "Perpetua Lindgren", "mobile": "502 555 0100", "payer": "medicaid"}
    path = await one.send("/clients/new", "/clients", **person)
    opened = await one.open(f"{path}/edit")
    hidden = {
        name: unescape(value)
        for name, value in re.findall(r'name="(writer|version|base)"\s+value="([^"]*)"', opened)
    }
    theirs = {**person, "mobile": "502 555 0199", "payer": "medicare"}
    assert await other.send(f"{path}/edit", path, **theirs) == path
    mine = {**person, "mobile": "502 555 0177", "pronouns": "she/her"}
    answer = await one.browser.post(
        path,
        data={"csrf_token": one.signed.token, **hidden, **mine},
        headers={"referer": f"{WORKSPACE}{path}/edit"},
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}/edit")
    page = await one.open(f"{path}/edit")
    assert "Someone else saved a change" in page
    assert re.search(r"already in this form:\s*Payer", page)
    assert 'value="medicare" selected' in page
    assert 'value="502 555 0177"' in page
    assert re.search(r"502 555 0199</td>\s*<td[^>]*>502 555 0177", page)
    assert "(502) 555-0199" in await one.open(path)


async def test_edit_that_met_another_is_saved_when_it_is_sent_again(as_role: AsRole) -> None:
    """The form that came back carries the newer version."""
    one = await as_role("front_desk")
    path = (await one.follow("/clients", legal_name="Ludmila Fairweather")).url.path
    await one.follow(path, legal_name="Ludmila Fairweather", payer="A", version="1")
    refused = await one.post(path, legal_name="Ludmila Fairweather", payer="B", version="1")
    assert refused.status_code == 409
    version = re.search(r'name="version"\s+value="(\d+)"', refused.text)
    assert version
    await one.follow(path, legal_name="Ludmila Fairweather", payer="B", version=version[1])


async def test_kept_text_is_over_after_a_quarter_of_an_hour(
    desk: AtBrowser, edge: Edge, as_role: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sealed with its time, so a browser that keeps a cookie longer keeps nothing."""
    keeper = edge.inner.state["keeper"]
    late = datetime.now(UTC) - timedelta(minutes=16)
    object.__setattr__(keeper, "clock", lambda: late)
    try:
        await expired(desk, edge, "/clients/new", "/clients", legal_name="Ottokar Vellum")
    finally:
        object.__setattr__(keeper, "clock", lambda: datetime.now(UTC))
    again = await as_role("front_desk")
    desk.browser.cookies.update(again.browser.cookies)
    assert "Ottokar" not in await desk.open("/clients/new")


async def test_text_too_long_to_keep_is_shown_to_be_copied(desk: AtBrowser, edge: Edge) -> None:
    """Said honestly, with the text on the page; nothing is lost silently."""
    signs = random.Random(7)  # noqa: S311 - noise that no packing makes smaller
    noise = " ".join(
        "".join(chr(signs.randint(0x4E00, 0x9FFF)) for _ in range(40)) for _ in range(90)
    )
    said = await expired(
        desk, edge, "/announcements/new", "/announcements", title="Long", body=noise
    )
    assert noise in said
    assert "Copy it from here" in said
