"""Who pays is one thing: the same field on a client and a referral, by kind and by name, however it was written."""

import re
import uuid
from datetime import datetime, timedelta

import pytest

from lmhg_gateway.features.clients.payers import PAYER_WORDS, PAYERS, Payer, payer_of, payer_text
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.testing import PlaneDatabase

from .merges import add, refer  # noqa: TID252 - beside this file
from .waitlisted import CLINICIAN, ZONE, freed, waiting  # noqa: TID252 - beside this file


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """The front desk, which may also ask as a program."""
    made = await as_role("front_desk")
    made.browser.headers["x-csrf-token"] = made.token
    return made


@pytest.mark.parametrize(
    ("text", "payer"),
    [
        ("", Payer("unknown")),
        (None, Payer("unknown")),
        ("MEDICAID", Payer("medicaid")),
        ("medicaid: Passport", Payer("medicaid", "Passport")),
        ("Self-pay", Payer("self_pay")),
        ("Private", Payer("commercial")),
        ("Aetna: PPO", Payer("other", "Aetna: PPO")),
        ("BlueCross 4", Payer("other", "BlueCross 4")),
        ("other", Payer("unknown")),
    ],
)
def test_texts_that_are_on_record_are_read_as_kinds(text: str | None, payer: Payer) -> None:
    """What was typed freely before, in a file or in IntakeQ, keeps its meaning; nothing is lost."""
    assert payer_of(text) == payer


def test_every_kind_comes_back_as_it_was_written() -> None:
    """With a name where it may have one."""
    assert set(PAYER_WORDS) == set(PAYERS)
    for code in PAYERS:
        for name in ("", "Humana Gold: Plus"):
            kept = payer_of(code, name)
            assert payer_of(payer_text(kept)) == kept, code


def chosen(page: str) -> str:
    """The kind that a form has."""
    select = page.split('<select id="payer" name="payer"')[1].split("</select>", maxsplit=1)[0]
    found = re.search(r'<option value="([^"]*)" selected>', select)
    return found[1] if found else ""


async def test_client_and_referral_ask_alike_and_the_referral_begins_with_the_clients(
    desk: Signed, onprem: PlaneDatabase
) -> None:
    """Another payer needs its name; both pages say it in the same words."""
    client = await add(desk, "Severin Samepayer", payer="other", payer_name="Aetna PPO")
    form = (await desk.get(f"/clients/{client}/edit")).text
    assert chosen(form) == "other"
    assert 'value="Aetna PPO"' in form
    told = (await desk.get(f"/api/v1/clients/{client}")).json()
    assert (told["payer"], told["payer_code"], told["payer_name"]) == (
        "Aetna PPO", "other", "Aetna PPO",
    )  # fmt: skip
    new = (await desk.get(f"/clients/{client}/referrals/new")).text
    assert chosen(new) == "other"
    assert 'value="Aetna PPO"' in new
    said = {
        "received_on": "2026-01-05", "source_category": "physician", "channel": "phone",
        "concern_code": "grief", "urgency": "routine",
    }  # fmt: skip
    wrong = await desk.post(f"/clients/{client}/referrals", **said, payer="other")
    assert (wrong.status_code, "Write the name of the plan" in wrong.text) == (422, True)
    path = await refer(desk, client, payer="other", payer_name="Aetna PPO")
    assert "Aetna PPO" in (await desk.get(path)).text
    [row] = await onprem.run(
        "select payer, payer_name_sealed from practice.referral where client_id = $1",
        uuid.UUID(client),
    )
    assert (row["payer"], b"Aetna" in row["payer_name_sealed"]) == ("other", False)


async def test_a_payer_by_name_is_matched_with_the_panels(desk: Signed, as_role: AsRole) -> None:
    """A plan that the clinician has on record fits, whatever kind the person's is written as."""
    admin, today = await as_role("admin"), datetime.now(ZONE).date()
    begins = (today - timedelta(days=9)).isoformat()
    panels = f"/credentials/people/{CLINICIAN}/panels"
    await admin.follow(panels, payer="commercial", name="Aetna PPO", begins_on=begins)
    fits = await waiting(desk, "Tove Planfits", payer="other", payer_name="aetna ppo")
    misses = await waiting(desk, "Ulf Planmisses", payer="other", payer_name="Cigna")
    page = (await desk.get(await freed(desk))).text
    assert "Clinician Person takes aetna ppo" in page
    assert "Clinician Person does not take Cigna" in page
    assert page.index(fits) < page.index(misses)
