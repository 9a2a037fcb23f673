"""Addresses and texts of the workspace as strangers type them."""

import unicodedata

import pytest

from lmhg_kit.http.testing import AsRole

UNSEEN = ("\u200b" * 3, "\u00ad\u200d\ufeff", "\u3164\u115f\u1160", "\u2800" * 4)
COMPOSED = "Caf\u00e9 hours"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)


@pytest.mark.found("e4", "an entry number that no ledger can reach is not found")
@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize("number", [2**63, 2**64, 10**400, -1, "9" * 5000])
@pytest.mark.parametrize("part", ["", "/proof"])
async def test_entry_beyond_every_ledger_is_not_found(
    as_role: AsRole, number: int | str, part: str
) -> None:
    """404 for the entry and for its proof."""
    officer = await as_role("compliance")
    assert (await officer.get(f"/compliance/ledger/{number}{part}")).status_code == 404


@pytest.mark.found("e3", "every list of the workspace shows its first page for 4,301 digits")
@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("front_desk", "/clients"),
        ("compliance", "/compliance/held"),
        ("compliance", "/kept-texts"),
        ("compliance", "/compliance/incidents"),
        ("compliance", "/compliance/cloud"),
        ("front_desk", "/announcements"),
    ],
)
async def test_page_of_4301_digits_is_the_first(as_role: AsRole, role: str, path: str) -> None:
    """The same page as without."""
    assert (await (await as_role(role)).get(path, page="9" * 4301)).status_code == 200


@pytest.mark.found("e6", "an announcement is found however its letters were typed")
@pytest.mark.parametrize("made", [COMPOSED, DECOMPOSED], ids=ascii)
@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED, COMPOSED.upper()], ids=ascii)
async def test_announcement_is_found_however_it_is_typed(
    as_role: AsRole, made: str, typed: str
) -> None:
    """Composed, decomposed and in capitals."""
    author = await as_role("admin")
    written = await author.post("/announcements", title=made, body="Soup at noon.")
    assert written.headers["location"] in (await author.post("/search", q=typed)).text


@pytest.mark.found("e7", "a required text of the workspace that shows nothing is refused as empty")
@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
@pytest.mark.parametrize(
    ("role", "path", "field", "others"),
    [
        ("front_desk", "/clients", "legal_name", {}),
        ("admin", "/announcements", "title", {"body": "Soup at noon."}),
        ("admin", "/announcements", "body", {"title": "Soup"}),
        ("compliance", "/compliance/incidents", "said", {}),
        ("admin", "/people", "display_name", {"email": "ana@lmhg.test", "roles": "staff"}),
    ],
)
async def test_text_that_nobody_sees_is_empty(
    as_role: AsRole, role: str, path: str, field: str, others: dict[str, str], *, unseen: str
) -> None:
    """The form comes back, and nothing was kept."""
    answer = await (await as_role(role)).post(path, **{**others, field: unseen})
    assert answer.status_code == 422
    assert "Fill this in." in answer.text or "Write at least" in answer.text
