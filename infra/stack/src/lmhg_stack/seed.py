"""Puts the demo staff and the standing approvals on record, by the operator's own commands.

Run in a process of its own by `lmhg-stack up`, once a stack: `python -m lmhg_stack.seed`, with
LMHG_DATABASE_URL (on-prem, as lmhg_migrator), LMHG_PASSWORD_FILE, LMHG_IDENTITY_KEYRING_FILE and
LMHG_KEYRING_FILE.
The portal needs no seed: the relay brings it the profiles.
"""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid5

from lmhg_contracts.roles import CLINICIAN
from lmhg_gateway.cli import main as gateway
from lmhg_gateway.features.clients.forms import NewClient
from lmhg_gateway.features.clients.service import create
from lmhg_gateway.features.decisions.public import POWERS, Verdict, ask_roles, decide
from lmhg_gateway.features.factors.models import Totp
from lmhg_gateway.features.factors.service import set_mfa_rule
from lmhg_gateway.features.risk_answers.forms import RuleForm
from lmhg_gateway.features.risk_answers.service import add_rule, put_on_call
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import Actor, Database, Keyring
from lmhg_kit.persistence.install import owner_for
from lmhg_kit.persistence.sealing import install, place_of
from lmhg_stack.intakeq.objects import RISK_QUESTION, RISK_ROW
from lmhg_stack.people import APPROVES, ASKS, FIRST, STAFF, STANDING, Member
from lmhg_stack.waiting import put_waitlist

OPERATOR = Actor("operator")
RULE_IN = timedelta(days=14)
"""Until then the demo people without a second factor are reminded; afterwards they need one."""


TWICE = (
    NewClient(
        legal_name="Tamsin Orrowby",
        birth_date=date(1991, 7, 3),
        mobile="502 555 0161",
        email="tamsin.orrowby@example.org",
        payer="Medicaid",
        may_text=True,
        may_email=True,
    ),
    NewClient(
        legal_name="Tamsin Orrowby",
        name_used="Tam",
        birth_date=date(1991, 3, 7),
        phone="(502) 555-0161",
        address="14 Alder Court, Louisville, KY 40206",
        may_email=True,
    ),
    NewClient(
        legal_name="Katherine Vesterling",
        birth_date=date(1984, 11, 20),
        mobile="502 555 0162",
        address="3 Larch Row, Louisville, KY 40204",
    ),
    NewClient(legal_name="Kate Vesterling", birth_date=date(1984, 11, 20), mobile="502 555 0162"),
    NewClient(
        legal_name="Lorcan Emberwick",
        birth_date=date(2016, 5, 9),
        mobile="502 555 0163",
        guardian="Maeve Emberwick",
    ),
    NewClient(
        legal_name="Lachlan Emberwick",
        birth_date=date(2016, 5, 9),
        mobile="502 555 0163",
        guardian="Maeve Emberwick",
    ),
)
"""Two who are the same, and a pair of twins who are not."""

REASON = "Jordan and Sam are the compliance officers of the demo practice."


def first_people(password_file: str) -> list[str]:
    """The command that makes the first two people, who ask and decide about everybody else."""
    facts = {
        "first": FIRST[0],
        "second": FIRST[1],
    }
    return [
        "first-people",
        *(
            f"--{which}-{name}={value}"
            for which, one in facts.items()
            for name, value in (
                ("id", one.id),
                ("email", one.email),
                ("name", one.name),
                ("roles", ",".join(one.roles)),
                ("password-file", password_file),
            )
        ),
    ]


def account(member: Member, password_file: str, *, before: bool = False) -> list[str]:
    """The command that creates one account with its profile; `before` two people gave it powers."""
    roles = [role for role in member.roles if not (before and role in POWERS)]
    return [
        "account",
        f"--id={member.id}",
        f"--email={member.email}",
        f"--name={member.name}",
        f"--roles={','.join(roles)}",
        f"--password-file={password_file}",
    ]


def standing(kind: str) -> list[str]:
    """The command that puts one standing approval on record."""
    return [
        "standing",
        f"--kind={kind}",
        f"--requested-by={ASKS.id}",
        f"--approved-by={APPROVES.id}",
    ]


async def give_powers(url: str, members: Sequence[Member]) -> None:
    """One of the first two asks and the other one decides, by the use cases that pages have.

    The deputy asks, because for a month nobody is second person for who asked for their role, and
    the demo's officers decide about what the administrator asks for.
    """
    db = Database(url, pool_size=1, role=owner_for(url))
    decider, asker = (str(one.id) for one in FIRST)
    try:
        for person in members:
            powers = [role for role in person.roles if role in POWERS]
            async with db.uow(Actor(asker), "demo officers") as tx:
                asked = await ask_roles(tx, person.id, powers, reason=REASON, by=asker)
                asked_id = asked.id
            async with db.uow(Actor(decider), "demo officers") as tx:
                await decide(tx, asked_id, Verdict.APPROVE, by=decider)
    finally:
        await db.close()


async def put_factors(url: str, keyring: Keyring) -> None:
    """Authenticator apps of those who have one, and a date from which every role needs a factor."""
    db = Database(url, pool_size=1, role=owner_for(url))
    now = utc_now()
    try:
        async with db.uow(OPERATOR, "demo factors") as tx:
            for person in STAFF:
                if person.totp_secret:
                    tx.sync_session.add(_app_of(person, keyring, at=now))
            for role in sorted({role for person in STAFF for role in person.roles} - set(POWERS)):
                await set_mfa_rule(tx, role, now + RULE_IN)
    finally:
        await db.close()


async def put_risk_rule(url: str) -> None:
    """The answer that the demo practice looks for, and who is told of it."""
    db = Database(url, pool_size=1, role=owner_for(url))
    clinicians = [person for person in STAFF if CLINICIAN in person.roles]
    form = RuleForm(
        name="Thoughts of self-harm", question_id=RISK_QUESTION, row=RISK_ROW, at_least=1
    )
    try:
        async with db.uow(OPERATOR, "demo risk rule") as tx:
            await add_rule(tx, form)
            await put_on_call(tx, [person.id for person in clinicians[:2]])
    finally:
        await db.close()


def _app_of(person: Member, keyring: Keyring, *, at: datetime) -> Totp:
    app_id = uuid5(person.id, "authenticator")
    place = place_of("identity.totp", "secret", app_id)
    return Totp(
        id=app_id,
        user_id=person.id,
        name="Demo authenticator",
        secret_sealed=keyring.seal(person.totp_secret.encode(), place=place),
        confirmed_at=at,
    )


async def put_pairs(url: str) -> None:
    """A few people who are on record twice, as a front desk writes them; the worker finds the pairs."""
    db = Database(url, pool_size=1, role=owner_for(url))
    try:
        async with db.uow(OPERATOR, "demo clients") as tx:
            for person in TWICE:
                await create(tx, person, by=OPERATOR.id, today=utc_now().date())
    finally:
        await db.close()


def main(environ: Mapping[str, str]) -> int:
    """Do it all; the first failure ends it."""
    password_file = environ["LMHG_PASSWORD_FILE"]
    approvers = (ASKS, APPROVES)
    others = [member for member in STAFF if member not in approvers]
    keyring = Keyring.from_file(Path(environ["LMHG_IDENTITY_KEYRING_FILE"]))
    install(Keyring.from_file(Path(environ["LMHG_KEYRING_FILE"])))
    before = [
        first_people(password_file),
        *(account(member, password_file, before=True) for member in approvers),
    ]
    if status := _run(before):
        return status
    asyncio.run(give_powers(environ["LMHG_DATABASE_URL"], approvers))
    # Whoever has a profile before the approval is on record gets the exemption by a second call.
    commands = [
        *(standing(kind) for kind in STANDING),
        *(account(member, password_file) for member in [*approvers, *others]),
    ]
    if status := _run(commands):
        return status
    asyncio.run(put_factors(environ["LMHG_DATABASE_URL"], keyring))
    asyncio.run(put_risk_rule(environ["LMHG_DATABASE_URL"]))
    asyncio.run(put_pairs(environ["LMHG_DATABASE_URL"]))
    asyncio.run(put_waitlist(environ["LMHG_DATABASE_URL"]))
    return 0


def _run(commands: Sequence[Sequence[str]]) -> int:
    """Run commands in order; the status of the first that failed, or 0."""
    return next((status for argv in commands if (status := gateway(argv))), 0)


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
