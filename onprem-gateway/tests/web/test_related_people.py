"""Guardians and emergency contacts: safe to call, what they may decide, found by phone; the notice."""

import re
from collections.abc import Mapping

import httpx
import pytest
from asyncpg import PostgresError
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.related_people import rules
from lmhg_gateway.features.related_people.rules import check_notice, problems, warnings
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

from .records import new_client, referral_of  # noqa: TID252 - beside this file

TODAY = Practice("America/New_York").today()
MOTHER = {
    "name": "Maribel Guardwell", "role": "parent", "consents": "with_other", "phone": "502 555 0177",
    "limits": "Both parents sign, by the order of May 4.", "is_emergency": "1", "may_voicemail": "1",
}  # fmt: skip


@given(
    role=st.sampled_from(sorted(rules.ROLES)),
    consents=st.sampled_from(sorted(rules.CONSENTS)),
    limits=st.sampled_from(["", "Court order"]),
    phone=st.sampled_from(["", "502 555 0177"]),
    email=st.sampled_from(["", "a@example.org"]),
    may_know=st.booleans(),
)
def test_nobody_decides_without_papers_and_each_limit_is_told(
    *, role: str, consents: str, limits: str, phone: str, email: str, may_know: bool
) -> None:
    """A friend consents for nobody; two who must agree have their limits; what to keep to is complete."""
    wrong = problems(role, consents=consents, limits=limits, phone=phone, email=email)
    decides = consents in {rules.ALONE, rules.WITH_OTHER}
    assert ("consents" in wrong) == (decides and role in rules.MAY_NOT_DECIDE)
    assert ("limits" in wrong) == (consents == rules.WITH_OTHER and not limits)
    assert ("phone" in wrong) == (not phone and not email)
    told = warnings(consents, limits=limits, may_know=may_know)
    assert (limits in told) == bool(limits)
    assert ("Say nothing about care" in told) == (not may_know)
    assert (rules.CONSENTS[rules.NO] in told) == (consents == rules.NO)


def test_notice_without_confirmation_says_what_was_tried() -> None:
    """The attempt is on record with its reason, as the rule asks."""
    for outcome in rules.NOTICES:
        wrong = check_notice(outcome, day=TODAY, note="", today=TODAY)
        assert bool(wrong) == (outcome != rules.ACKNOWLEDGED)
        assert not check_notice(outcome, day=TODAY, note="Mailed twice.", today=TODAY)


async def test_guardian_shows_with_limits_wherever_they_are_called(as_role: AsRole) -> None:
    """On the client's page and the referral, with the call link and what is not safe."""
    desk = await as_role("front_desk")
    referral = await referral_of(desk, "Nicodemus Minorly")
    found = re.search(r'href="/clients/([0-9a-f-]{36})"', (await desk.get(referral)).text)
    assert found
    client = f"/clients/{found[1]}"
    assert "Person added" in (await desk.follow(f"{client}/people", **MOTHER)).text
    for path in (client, referral):
        page = (await desk.get(path)).text
        assert "Maribel Guardwell" in page
        assert "Both parents sign" in page
        assert "Only together with the other parent" in page
        assert "Say nothing about care" in page
        assert "no texts" in page
        assert "no voicemail" not in page
        assert "tel:" in page
    own = re.search(r'href="(/related/[0-9a-f-]{36})/edit"', (await desk.get(client)).text)
    assert own
    gone = await desk.follow(f"{own[1]}/remove")
    assert "Person removed" in gone.text
    assert "Both parents sign" not in (await desk.get(referral)).text
    assert "Both parents sign" in (await desk.follow(f"{own[1]}/restore")).text


async def test_search_finds_a_guardian_by_phone_and_leads_to_the_client(as_role: AsRole) -> None:
    """By number and by name; not once they are removed or the number changed."""
    desk = await as_role("front_desk")
    client_id = await new_client(as_role, "Octavian Wardship")
    said = {**MOTHER, "name": "Zerlina Lookup", "phone": "502 555 0188"}
    page = await desk.follow(f"/clients/{client_id}/people", **said)

    async def hits(text: str) -> str:
        return (await desk.post("/search", q=text)).text

    assert "Zerlina Lookup" in await hits("502-555-0188")
    assert f"/clients/{client_id}" in await hits("Zerlina")
    own = re.search(r'href="(/related/[0-9a-f-]{36})/edit"', page.text)
    assert own
    form = (await desk.get(f"{own[1]}/edit")).text
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version
    await desk.follow(own[1], **{**said, "phone": "502 555 0199"}, version=version[1])
    assert "Zerlina Lookup" not in await hits("502-555-0188")
    assert "Zerlina Lookup" in await hits("502-555-0199")
    late = await desk.post(own[1], **{**said, "phone": "502 555 0111"}, version=version[1])
    assert late.status_code == 409
    await desk.follow(f"{own[1]}/remove")
    assert "Zerlina Lookup" not in await hits("502-555-0199")


async def test_form_keeps_what_was_typed(as_role: AsRole) -> None:
    """A friend who consents comes back marked, with all that was typed."""
    desk = await as_role("front_desk")
    client_id = await new_client(as_role, "Petronella Typed")
    wrong = {
        "name": "Quirin Friendly",
        "role": "friend",
        "consents": "alone",
        "limits": "Only days",
    }
    back = await desk.post(f"/clients/{client_id}/people", **wrong)
    assert back.status_code == 422
    for text in ("Quirin Friendly", "Only days", "Choose Legal representative", "phone number or"):
        assert text in back.text


async def test_privacy_notice_is_confirmed_or_the_attempt_is_written_down(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The newest shows on the client's page; what was recorded never changes."""
    desk, today = await as_role("front_desk"), TODAY.isoformat()
    client_id = await new_client(as_role, "Rudolfina Noticed")
    own, path = f"/clients/{client_id}", f"/clients/{client_id}/privacy-notice"
    assert "Not recorded yet" in (await desk.get(own)).text
    bare = await desk.post(path, outcome="refused", day=today)
    assert bare.status_code == 422
    await desk.follow(path, outcome="refused", day=today, note="Would not sign on May 4.")
    assert "they would not confirm it" in (await desk.get(own)).text
    await desk.follow(path, outcome="acknowledged", day=today)
    assert "confirmed in writing" in (await desk.get(own)).text
    assert "Would not sign on May 4." in (await desk.get(path)).text
    sql = (
        "do $$ begin perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true);"
        f" update practice.privacy_notice set outcome = 'refused' where client_id = '{client_id}'; end $$"
    )
    with pytest.raises(PostgresError, match="append_only"):
        await onprem.run(sql)


async def sent(desk: Signed, method: str, path: str, body: Mapping[str, object]) -> httpx.Response:
    """One call of the JSON API that changes something."""
    headers = {"x-csrf-token": desk.token}
    return await desk.browser.request(method, path, json=body, headers=headers)


async def test_programs_do_the_same_by_json(as_role: AsRole) -> None:
    """Added, changed by version, removed; the notice too."""
    desk = await as_role("front_desk")
    client_id = await new_client(as_role, "Sidonia Jsonward")
    path = f"/api/v1/clients/{client_id}/people"
    body = {
        "name": "Tancred Ward",
        "role": "guardian",
        "consents": "alone",
        "email": "t@example.org",
    }
    made = await sent(desk, "POST", path, body)
    assert made.status_code == 201
    own = f"/api/v1/related/{made.json()['id']}"
    changed = {**body, "may_know": True, "version": made.json()["version"]}
    assert (await sent(desk, "PUT", own, changed)).json()["may_know"] is True
    assert (await sent(desk, "PUT", own, changed)).status_code == 409
    assert [each["name"] for each in (await desk.get(path)).json()["people"]] == ["Tancred Ward"]
    await sent(desk, "POST", f"{own}/remove", {})
    assert (await desk.get(path)).json()["people"] == []
    notices = f"/api/v1/clients/{client_id}/privacy-notices"
    said = {"outcome": "acknowledged", "day": TODAY.isoformat()}
    assert (await sent(desk, "POST", notices, said)).status_code == 201
    assert [each["outcome"] for each in (await desk.get(notices)).json()["notices"]] == [
        "acknowledged"
    ]
