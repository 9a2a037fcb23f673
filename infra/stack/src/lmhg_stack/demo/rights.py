"""The demo's requests, consents, guardians and credentials: a few of each, by the services' own functions."""

import asyncio
import os
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from lmhg_contracts.roles import CLINICIAN
from lmhg_gateway.features.consents.forms import NewConsent
from lmhg_gateway.features.consents.rules import Scope
from lmhg_gateway.features.consents.service import record
from lmhg_gateway.features.credentials.forms import CredentialForm, PanelForm
from lmhg_gateway.features.credentials.rules import Kind as Credential
from lmhg_gateway.features.credentials.service import add as add_credential
from lmhg_gateway.features.credentials.service import add_panel
from lmhg_gateway.features.records_requests.clock_rules import Kind
from lmhg_gateway.features.records_requests.forms import AnswerForm, LogForm, NewRequest
from lmhg_gateway.features.records_requests.service import answer, check_identity, log, take
from lmhg_gateway.features.referrals.models import Referral
from lmhg_gateway.features.related_people.forms import NoticeForm, PersonForm
from lmhg_gateway.features.related_people.service import add as add_person
from lmhg_gateway.features.related_people.service import record_notice
from lmhg_kit.persistence import Actor, Database, Keyring, WriteSession
from lmhg_kit.persistence.install import owner_for
from lmhg_kit.persistence.sealing import install
from lmhg_kit.practice import Practice
from lmhg_stack.people import STAFF, member
from lmhg_stack.plan import TIMEZONE

DESK, ADMIN = member("front@lmhg.test"), member("admin@lmhg.test")
CLIENTS = 5


async def put_rights(url: str) -> None:
    """Requests and consents of some clients, and the credentials of the clinicians."""
    db, practice = Database(url, pool_size=1, role=owner_for(url)), Practice(TIMEZONE)
    desk, today = str(DESK.id), practice.today()
    try:
        async with db.uow(Actor(desk), "demo requests and consents") as tx:
            newest = select(Referral.client_id).order_by(Referral.received_on, Referral.id)
            clients = list(dict.fromkeys(await tx.scalars(newest)))[:CLIENTS]
            await _requests(tx, clients, by=desk, practice=practice)
            await _consents(tx, clients, by=desk, practice=practice)
            await _people(tx, clients, by=desk, today=today)
        async with db.uow(Actor(str(ADMIN.id)), "demo credentials") as tx:
            await _credentials(tx, by=str(ADMIN.id), today=today)
    finally:
        await db.close()


async def _requests(tx: WriteSession, clients: list[UUID], *, by: str, practice: Practice) -> None:
    """One that is late, one that is on the work list, one that is new, and one that was agreed to."""
    today = practice.today()
    wanted = (
        NewRequest(
            kind=Kind.RECORDS,
            received_on=today - timedelta(days=32),
            asked_by="attorney",
            asker="Brindle Law Office, 4 Court Place",
            what="All notes of this year.",
        ),
        NewRequest(
            kind=Kind.RECORDS,
            received_on=today - timedelta(days=22),
            asked_by="client",
            what="A copy of the assessment.",
        ),
        NewRequest(
            kind=Kind.AMENDMENT,
            received_on=today - timedelta(days=3),
            asked_by="client",
            what="The start of the symptoms is wrong: May, not March.",
        ),
        NewRequest(
            kind=Kind.RESTRICTION,
            received_on=today - timedelta(days=5),
            asked_by="client",
            what="Do not tell the insurer about the visits in May.",
            is_paid_in_full=True,
        ),
    )
    for client_id, form in zip(clients, wanted, strict=False):
        made = await take(tx, form, client_id=client_id, by=by, practice=practice)
        call = LogForm(act="call", day=today, said="Called to say that the request is here.")
        await log(tx, made.id, call, by=by, practice=practice)
        if form.kind is Kind.RESTRICTION:
            await check_identity(tx, made.id, "known", by=by, practice=practice)
            said = AnswerForm(outcome="accepted", answered_on=today, decision=form.what)
            await answer(tx, made.id, said, by=by, practice=practice)


async def _consents(tx: WriteSession, clients: list[UUID], *, by: str, practice: Practice) -> None:
    """Telehealth, a release that ends soon, and a report back."""
    given = practice.today() - timedelta(days=340)
    soon = practice.today() + timedelta(days=12)
    for client_id in clients[:3]:
        for form in (
            NewConsent(scope=Scope.TELEHEALTH, given_on=given, how="electronic"),
            NewConsent(
                scope=Scope.RELEASE,
                given_on=given,
                expires_on=soon,
                party="Harrow Street Family Medicine",
                about="Attendance and plan only",
            ),
        ):
            await record(tx, form, client_id=client_id, by=by, practice=practice)


async def _people(tx: WriteSession, clients: list[UUID], *, by: str, today: date) -> None:
    """A mother who decides together with the father, an emergency contact, and the privacy notice."""
    for form in (
        PersonForm(
            name="Corisande Yaralinmere",
            role="parent",
            consents="with_other",
            phone="502 555 0171",
            may_voicemail=True,
            limits="Both parents sign, by the court order of May 4.",
        ),
        PersonForm(
            name="Aldous Penhallowe",
            role="friend",
            consents="no",
            phone="502 555 0172",
            is_emergency=True,
        ),
    ):
        await add_person(tx, form, client_id=clients[0])
    notice = NoticeForm(outcome="acknowledged", day=today - timedelta(days=20))
    for client_id in clients[:2]:
        await record_notice(tx, notice, client_id=client_id, by=by, today=today)


async def _credentials(tx: WriteSession, *, by: str, today: date) -> None:
    """A license each, an attestation that is over, insurance, and panels."""
    clinicians = [person for person in STAFF if CLINICIAN in person.roles]
    for number, person in enumerate(clinicians):
        license_ = CredentialForm(
            kind=Credential.LICENSE,
            state=("KY", "IN", "OH")[number % 3],
            number=f"L-10{number}42",
            valid_until=today + timedelta(days=25 + 200 * number),
        )
        caqh = CredentialForm(
            kind=Credential.CAQH, attested_on=today - timedelta(days=124 - 40 * number)
        )
        insured = CredentialForm(
            kind=Credential.MALPRACTICE, issuer="Example Mutual", valid_until=today + timedelta(300)
        )
        for form in (license_, caqh, insured):
            await add_credential(tx, person.id, form, by=by, today=today)
        for payer in ("medicaid", "commercial")[: 1 + number % 2]:
            panel = PanelForm(payer=payer, begins_on=today - timedelta(days=400))
            await add_panel(tx, person.id, panel, by=by)


def main(environ: Mapping[str, str]) -> int:
    """Do it with the keys of a stack."""
    install(Keyring.from_file(Path(environ["LMHG_KEYRING_FILE"])))
    asyncio.run(put_rights(environ["LMHG_DATABASE_URL"]))
    return 0


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
