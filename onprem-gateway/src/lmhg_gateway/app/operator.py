"""What an operator does from a shell: migrate, check the wall, accounts, approvals, exports."""

import argparse
import asyncio
import sys
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from lmhg_gateway.adapters.canary import Unreachable
from lmhg_gateway.app.first_operator import SENTENCES, check_no_power, make_first_people
from lmhg_gateway.app.intake_operator import act_on_intake
from lmhg_gateway.app.issuer_operator import act_on_clients, act_on_keys
from lmhg_gateway.app.leaving_operator import export_everything
from lmhg_gateway.app.sweep_operator import act_on_sweep
from lmhg_gateway.database import PLAN
from lmhg_gateway.features.accounts.attempts import forget_browsers
from lmhg_gateway.features.accounts.models import UserAccount
from lmhg_gateway.features.accounts.passwords import hash_password
from lmhg_gateway.features.exemptions.models import ExemptionRequest
from lmhg_gateway.features.staff.public import put_profile
from lmhg_gateway.kernel.mail_address import is_mail_address
from lmhg_gateway.kernel.settings import LeavingSettings, OwnerSettings, SigningKeySettings
from lmhg_kit.errors import Conflict, Invalid, LmhgError, NotFound
from lmhg_kit.persistence import Actor, Database, Keyring, WriteSession
from lmhg_kit.persistence.exemptions import Exemption
from lmhg_kit.persistence.install import GAVE_UP, GAVE_UP_SENTENCE, drift, migrate, owner_for
from lmhg_kit.persistence.ledgers import export_ledger
from lmhg_kit.persistence.sealing import install
from lmhg_kit.settings import load

OPERATOR = Actor("operator")
OUTCOMES = {
    **SENTENCES,
    GAVE_UP: GAVE_UP_SENTENCE,
    "canary_found": "the sweep is on record, and it found tokens: see the Sweeps page at once",
    "leaving_folder": "nothing was written: what --to names is there already; name something that is not",
    "leaving_recipient": "nothing was written: --encrypt-to takes a public key of age, which begins with age1;"
    " twenty at most",
    "leaving_not_approved": "nothing was written: two people have to approve it first, under Retention in the"
    " workspace, and an approval counts for seven days",
    "checkpoint_missing": "no file was written: the ledger has no signed checkpoint yet; the first one"
    " comes with its first entry",
}
"""Failures that say more than that nothing was changed."""


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Run one command; 0, or 1 with a sentence on stderr."""
    settings = load(OwnerSettings, environ)
    if arguments.command == "drift":
        return _report_drift(settings.database_url)
    try:
        if arguments.command == "migrate":
            migrate(settings.database_url, PLAN)
            return 0
        if arguments.command == "account":
            arguments.password = Path(arguments.password_file).read_text().strip()
        if arguments.command == "export-everything":
            arguments.leaving = load(LeavingSettings, environ)
            install(Keyring.from_file(arguments.leaving.keyring_file))
        if arguments.command == "keys":
            keyring_file = load(SigningKeySettings, environ).identity_keyring_file
            install(Keyring.from_file(keyring_file))
        asyncio.run(_with_database(settings, arguments))
    except (LmhgError, OSError, DBAPIError) as failure:
        _say(_sentence(failure))
        return 1
    return 0


def _sentence(failure: LmhgError | OSError | DBAPIError) -> str:
    """What a command that failed says; never a driver's message."""
    match failure:
        case Unreachable():
            return f"nothing was recorded: {failure.code} ({failure.place})"
        case LmhgError():
            return OUTCOMES.get(failure.code, f"nothing was changed: {failure.code}")
        case OSError():
            return f"nothing was written: {failure.strerror or type(failure).__name__}"
        case _:
            code = getattr(failure.orig, "sqlstate", None) or "database"
            return f"nothing was changed: the database refused it ({code})"


def _report_drift(url: str) -> int:
    found = drift(url, PLAN)
    for name in found:
        _say(f"differs from the generated wall: {name}")
    return 1 if found else 0


async def _with_database(settings: OwnerSettings, arguments: argparse.Namespace) -> None:
    url = settings.database_url
    db = Database(url, pool_size=1, role=owner_for(url))
    try:
        if arguments.command == "account":
            await put_account(db, arguments)
        elif arguments.command == "first-people":
            await make_first_people(db, arguments)
        elif arguments.command == "standing":
            await put_standing(db, arguments)
        elif arguments.command == "client":
            await act_on_clients(db, arguments)
        elif arguments.command == "keys":
            await act_on_keys(db, arguments)
        elif arguments.command == "intake":
            _say(await act_on_intake(db, arguments))
        elif arguments.command == "sweep":
            if not await act_on_sweep(db, arguments):
                raise Conflict("canary_found")
        elif arguments.command == "export-everything":
            _say(
                await export_everything(
                    db, arguments.leaving, Path(arguments.to), encrypt_to=arguments.encrypt_to
                )
            )
        else:
            await export_ledger(db, arguments.ledger, Path(arguments.output))
    finally:
        await db.close()


async def put_account(db: Database, arguments: argparse.Namespace) -> None:
    """Create or change an account and its staff profile, as the database's owner."""
    roles = [role.strip() for role in arguments.roles.split(",") if role.strip()]
    if not is_mail_address(arguments.email):
        raise Invalid("mail_address")
    async with db.uow(OPERATOR, "account by operator") as tx:
        found = await tx.scalar(select(UserAccount).where(UserAccount.email == arguments.email))
        check_no_power(roles, has=found.roles if found is not None and found.active else ())
        account = found or UserAccount(
            id=uuid.UUID(arguments.id) if arguments.id else uuid.uuid4(), email=arguments.email
        )
        account.display_name, account.roles = arguments.name, roles
        account.password_hash = hash_password(arguments.password)
        tx.sync_session.add(account)
        await forget_browsers(tx, account.id)
        await put_profile(
            tx, account.id, email=account.email, display_name=account.display_name, roles=roles
        )


async def put_standing(db: Database, arguments: argparse.Namespace) -> None:
    """A standing approval by two accounts. Raises: NotFound for an unknown account."""
    people = (arguments.requested_by, arguments.approved_by)
    async with db.uow(Actor(people[0]), "standing approval requested") as tx:
        await _check_known(tx, people)
        request = ExemptionRequest(kind=arguments.kind, requested_by=people[0])
        tx.sync_session.add(request)
        await tx.flush()
        request_id = request.id
    async with db.uow(Actor(people[1]), "standing approval granted") as tx:
        exemption = Exemption(kind=arguments.kind, requested_by=people[0], approved_by=people[1])
        tx.sync_session.add(exemption)
        await tx.flush()
        held = await tx.get(ExemptionRequest, request_id)
        if held is not None:
            held.outcome, held.decided_by = "approved", people[1]
            held.decided_at, held.exemption_id = datetime.now(UTC), exemption.id


async def _check_known(tx: WriteSession, people: tuple[str, str]) -> None:
    for person in people:
        if await tx.get(UserAccount, uuid.UUID(person)) is None:
            raise NotFound("account_unknown")


def _say(sentence: str) -> None:
    print(f"lmhg-gateway: {sentence}", file=sys.stderr)  # noqa: T201 - an operator's command
