"""Every error of a form comes in one round: what a rule says is beside what a field's type says."""

import pytest

from lmhg_kit.http.testing import AsRole, Signed

LATER = "2199-01-01"
FORMS = [
    (
        "front_desk",
        "/clients",
        {"legal_name": "", "birth_date": LATER, "phone": "call me"},
        ("legal_name", "birth_date", "phone"),
    ),
    (
        "compliance",
        "/compliance/screening",
        {"term": "!!", "reason": "short"},
        ("term", "reason"),
    ),
    (
        "admin",
        "/people",
        {"display_name": "", "email": "nowhere", "roles": "admin", "reason": "short"},
        ("display_name", "email", "reason"),
    ),
    (
        "admin",
        "/oauth-clients",
        {"name": "", "client_id": "X", "kind": "web", "redirect_uris": ""},
        ("name", "client_id", "redirect_uris"),
    ),
    (
        "admin",
        "/oauth-clients",
        {"name": "", "client_id": "X", "kind": "web", "backchannel_uri": "http"},
        ("name", "client_id", "redirect_uris", "backchannel_uri"),
    ),
]
"""Who sends which form with what wrong in it: of each a type, and a rule that needs more than one."""


async def wrong_in(person: Signed, path: str, **fields: str) -> set[str]:
    """The fields that the summary of errors leads to."""
    answer = await person.post(path, **fields)
    assert answer.status_code == 422
    return {name for name in fields if f'href="#{name}"' in answer.text}


@pytest.mark.parametrize(("role", "path", "sent", "wrong"), FORMS)
async def test_rules_and_types_are_told_together(
    as_role: AsRole, role: str, path: str, sent: dict[str, str], wrong: tuple[str, ...]
) -> None:
    """A name that is missing hides no birth date that nobody has."""
    fields = {**dict.fromkeys(wrong, ""), **sent}
    assert await wrong_in(await as_role(role), path, **fields) == set(wrong)


@pytest.fixture
async def client(as_role: AsRole) -> str:
    """The path of a client under 42 CFR Part 2, with an open referral."""
    desk = await as_role("front_desk")
    made = await desk.follow("/clients", legal_name="Corwin Tallowby", part2="1", other_person="1")
    await desk.follow(
        f"{made.url.path}/referrals",
        received_on="2026-11-20",
        source_category="self",
        channel="phone",
        concern_code="anxiety",
        urgency="routine",
    )
    return made.url.path


async def test_referral_tells_day_reason_and_gaps_together(as_role: AsRole, client: str) -> None:
    """A day that is not over, a second referral without a reason, and no channel."""
    sent = {"received_on": LATER, "channel": "", "why_another": ""}
    desk = await as_role("front_desk")
    assert await wrong_in(desk, f"{client}/referrals", **sent) == set(sent)


async def test_edit_tells_the_protection_and_the_fields_together(
    as_role: AsRole, client: str
) -> None:
    """Part 2 taken off, a day that is not over, and a name that is gone."""
    sent = {"legal_name": "", "birth_date": LATER, "part2": "", "version": "1"}
    desk = await as_role("front_desk")
    assert await wrong_in(desk, client, **sent) == {"legal_name", "birth_date", "part2"}


async def test_disclosure_tells_day_and_gaps_together(as_role: AsRole, client: str) -> None:
    """A day that is not over, and no recipient."""
    sent = {"disclosed_on": LATER, "recipient": "", "what": "x"}
    path = f"/compliance/access{client}/disclosures"
    assert await wrong_in(await as_role("compliance"), path, **sent) == set(sent)


async def test_edit_of_an_app_tells_name_and_addresses_together(as_role: AsRole) -> None:
    """An app that needs an address has none, and no name."""
    admin = await as_role("admin")
    made = await admin.post(
        "/oauth-clients",
        name="Room screens",
        client_id="room-screens",
        kind="public",
        redirect_uris="https://screens.example.org/back",
    )
    sent = {"name": "", "redirect_uris": ""}
    assert await wrong_in(admin, made.headers["location"], **sent) == set(sent)
