"""The first two people of a practice, made on the server while nobody can sign in to invite them."""

import argparse
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import select

from lmhg_contracts.roles import ADMIN, ROLES
from lmhg_gateway.features.accounts.models import UserAccount
from lmhg_gateway.features.accounts.passwords import hash_password
from lmhg_gateway.features.decisions.models import Founding
from lmhg_gateway.features.decisions.public import FIRST_FACTOR_DAYS, POWERS
from lmhg_gateway.features.factors.service import mfa_rules, set_mfa_rule
from lmhg_gateway.features.staff.public import put_profile
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import Conflict, Invalid
from lmhg_kit.persistence import Actor, Database, WriteSession

OPERATOR = Actor("operator")
SENTENCES = {
    "first_people_exist": "nothing was changed: the practice has people with the roles admin or"
    " compliance already; they ask and decide on the pages People and Decisions",
    "first_people_roles": "nothing was changed: each of the two needs the role admin or compliance,"
    " and one of them admin",
    "power_takes_two": "nothing was changed: admin and compliance are given by two people on the"
    " page Decisions; the first two come from `lmhg-gateway first-people`",
}
"""What the command says when it changed nothing, by code."""


async def make_first_people(db: Database, arguments: argparse.Namespace) -> None:
    """Two people with the powers, and the rule that everybody needs two-step sign-in.

    Works only while nobody holds a power, and the database refuses it otherwise as well. It is in
    the access ledger, and the first thing that the officers read. Raises: Conflict, Invalid.
    """
    people = [_Person(arguments, "first"), _Person(arguments, "second")]
    if not all(set(POWERS) & set(one.roles) for one in people) or not any(
        ADMIN in one.roles for one in people
    ):
        raise Invalid("first_people_roles")
    async with db.uow(OPERATOR, "first people by operator") as tx:
        holder = select(UserAccount.id).where(
            UserAccount.active, UserAccount.roles.overlap(list(POWERS))
        )
        if await tx.scalar(holder.limit(1)) is not None:
            raise Conflict("first_people_exist")
        tx.sync_session.add(Founding(first_id=people[0].id, second_id=people[1].id))
        await tx.flush()
        for one in people:
            await one.add(tx)
        await _require_factors(tx, by=arguments.two_step_by)
        await tx.audit("first_people", kind="account", ids=[one.id for one in people])


class _Person:
    """One of the two, as the command line has them."""

    def __init__(self, arguments: argparse.Namespace, which: str) -> None:
        def given(name: str) -> str:
            return str(getattr(arguments, f"{which}_{name}") or "")

        self.id = uuid.UUID(given("id")) if given("id") else uuid.uuid4()
        self.email, self.name = given("email").strip().lower(), given("name")
        self.roles = sorted({role.strip() for role in given("roles").split(",")} - {""})
        self.password = Path(given("password_file")).read_text().strip()
        if not set(self.roles) <= set(ROLES):
            raise Invalid("first_people_roles")

    async def add(self, tx: WriteSession) -> None:
        """Account and profile."""
        account = UserAccount(
            id=self.id,
            email=self.email,
            display_name=self.name,
            roles=self.roles,
            password_hash=hash_password(self.password),
        )
        tx.sync_session.add(account)
        await tx.flush()
        await put_profile(tx, self.id, email=self.email, display_name=self.name, roles=self.roles)


async def _require_factors(tx: WriteSession, *, by: date | None) -> None:
    """Everybody needs two-step sign-in from a day on; a rule that is there already stays."""
    begins = utc_now() + timedelta(days=FIRST_FACTOR_DAYS)
    if by:
        begins = datetime.combine(by, time.min, tzinfo=UTC)
    known = await mfa_rules(tx)
    for role in ROLES:
        if role not in known:
            await set_mfa_rule(tx, role, begins)


def check_no_power(roles: Sequence[str], *, has: Sequence[str]) -> None:
    """The operator alone gives nobody a power. Raises: Conflict."""
    if set(POWERS) & set(roles) - set(has):
        raise Conflict("power_takes_two")
