"""The demo's absences, turns on call, outside services and breach case, by the services' own functions."""

import asyncio
import os
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from lmhg_contracts.roles import CLINICIAN
from lmhg_gateway.features.absences.forms import AbsenceForm
from lmhg_gateway.features.absences.rules import Reason
from lmhg_gateway.features.absences.service import add as add_absence
from lmhg_gateway.features.breach_cases.forms import OpenForm
from lmhg_gateway.features.breach_cases.service import open_case
from lmhg_gateway.features.incidents.service import report
from lmhg_gateway.features.risk_answers.forms import TurnForm
from lmhg_gateway.features.risk_answers.rota import add_turn
from lmhg_gateway.features.vendors.forms import VendorForm
from lmhg_gateway.features.vendors.rules import Sees
from lmhg_gateway.features.vendors.service import add as add_vendor
from lmhg_kit.persistence import Actor, Database, Keyring, WriteSession
from lmhg_kit.persistence.install import owner_for
from lmhg_kit.persistence.sealing import install
from lmhg_kit.practice import Practice
from lmhg_stack.people import STAFF, member
from lmhg_stack.plan import TIMEZONE

ADMIN, OFFICER = member("admin@lmhg.test"), member("compliance@lmhg.test")


async def put_away(url: str) -> None:
    """One clinician away next week, four weeks on call with a gap, services, and a case that is open."""
    db, today = Database(url, pool_size=1, role=owner_for(url)), Practice(TIMEZONE).today()
    try:
        async with db.uow(Actor(str(ADMIN.id)), "demo absences") as tx:
            await _absences(tx, by=str(ADMIN.id), today=today)
        async with db.uow(Actor(str(OFFICER.id)), "demo outside services") as tx:
            await _services(tx, by=str(OFFICER.id), today=today)
    finally:
        await db.close()


async def _absences(tx: WriteSession, *, by: str, today: date) -> None:
    clinicians = [person for person in STAFF if CLINICIAN in person.roles]
    away = AbsenceForm(
        person_id=clinicians[0].id,
        reason=Reason.VACATION,
        first_on=today + timedelta(days=1),
        last_on=today + timedelta(days=8),
    )
    await add_absence(tx, away, by=by)
    for week in range(3):
        first = today + timedelta(days=7 * week)
        turn = TurnForm(
            person_id=clinicians[week % len(clinicians)].id,
            first_on=first,
            last_on=first + timedelta(days=6),
        )
        await add_turn(tx, turn, by=by, today=today)


async def _services(tx: WriteSession, *, by: str, today: date) -> None:
    last_year, next_year = today - timedelta(days=300), today + timedelta(days=65)
    for name, does, sees, signed, review in (
        ("IntakeQ", "Intake forms and appointments", Sees.RECORDS, last_year, next_year),
        ("Harrow Billing", "Sends claims to insurers", Sees.BILLING, last_year, today),
        ("Brightline Phones", "Phone lines and voicemail", Sees.CONTACT, None, None),
        ("Oakwell Cleaning", "Cleans the office", Sees.NOTHING, None, None),
    ):
        form = VendorForm(name=name, does=does, sees=sees, contract_on=signed, review_on=review)
        await add_vendor(tx, form, by=by)
    incident = await report(tx, said="A fax with an intake went to a wrong number.", by=by)
    found_out = OpenForm(discovered_on=today - timedelta(days=12), people=1)
    await open_case(tx, incident, found_out, by=by)


def main(environ: Mapping[str, str]) -> int:
    """Do it with the keys of a stack."""
    install(Keyring.from_file(Path(environ["LMHG_KEYRING_FILE"])))
    asyncio.run(put_away(environ["LMHG_DATABASE_URL"]))
    return 0


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
