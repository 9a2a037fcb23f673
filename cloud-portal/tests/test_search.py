"""Search and bell of the portal: one's own tickets, everybody's announcements, and the queue."""

from lmhg_kit.http.testing import AsRole, Signed

TICKET = {"subject": "Projector", "body": "It hums", "category": "computer", "urgency": "low"}


async def found(person: Signed, text: str) -> str:
    """The main part of the page that a search answers with."""
    answer = await person.post("/search", q=text)
    assert answer.status_code == 200, answer.text
    return answer.text.partition("<main")[2]


async def bell(person: Signed) -> int:
    """The number in the top bar."""
    _, found_it, rest = (await person.get("/")).text.partition('class="count num">')
    return int(rest.partition("<")[0]) if found_it else 0


async def test_ticket_is_found_by_its_author_and_by_support(as_role: AsRole) -> None:
    """A colleague finds nothing of it."""
    author = await as_role("staff")
    path = (await author.post("/tickets/new", **TICKET)).headers["location"]
    assert f'href="{path}"' in await found(author, "projector")
    assert f'href="{path}"' in await found(await as_role("it_support"), "hums")
    assert f'href="{path}"' not in await found(await as_role("trainer"), "projector")


async def test_calendar_is_found_by_day_and_by_name(as_role: AsRole) -> None:
    """A day leads to its week, a name to that colleague's."""
    person = await as_role("staff")
    assert 'href="/calendar?day=2026-11-24"' in await found(person, "2026-11-24")
    assert "/calendar?clinician=" in await found(person, "clinician per")


async def test_bell_counts_the_queue_for_support_and_answers_for_authors(as_role: AsRole) -> None:
    """A new ticket is one more for support; one that waits for its author is one more for them."""
    author, support = await as_role("front_desk"), await as_role("it_support")
    before = await bell(support)
    path = (await author.post("/tickets/new", **TICKET)).headers["location"]
    assert await bell(support) == before + 1
    assert await bell(author) == 0
    await support.post(f"{path}/state", state="waiting")
    assert (await bell(author), await bell(support)) == (1, before)
