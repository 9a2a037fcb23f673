"""Everyone whom a page names is in the access log as seen by who looked: opened by the address, else listed."""

import uuid
from collections.abc import Mapping

import pytest

from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.features.clients.public import names_of
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import AsRole
from lmhg_kit.persistence import Actor, Database
from lmhg_quality.bench import practice
from lmhg_quality.trips import UNKNOWN, pages_of
from lmhg_quality.visits import PARAMETER
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - the people of this folder's fixtures
from .records import new_client, referral_of  # noqa: TID252 - beside this file

ROLES = ("front_desk", "clinician", "compliance", "admin", "staff")
PERMISSIONS = FeatureSet(FEATURES, app="workspace").permissions
OPENED, LISTED = "read", "list"
NAMES_MIN = 12
"""Pages on which a client is named; more are welcome."""


@pytest.fixture(scope="module")
async def filled(onprem: PlaneDatabase, ledger: None) -> None:
    """Clients, referrals, today's appointments, and a signed ledger."""
    db = Database(onprem.url("gw_worker"), pool_size=1)
    await practice.fill_records(db)
    await db.close()


async def names(onprem: PlaneDatabase) -> dict[uuid.UUID, str]:
    """Clients by the name that pages show, where it is one person's and no part of another's."""
    ids = [each["id"] for each in await onprem.run("select id from practice.client")]
    db = Database(onprem.url("gw_worker"), pool_size=1)
    async with db.read(Actor("process: worker"), "test") as tx:
        found = await names_of(tx, ids)
    await db.close()
    every = list(found.values())
    return {key: name for key, name in found.items() if sum(name in other for other in every) == 1}


async def seen(onprem: PlaneDatabase, account: str, *, after: int) -> Mapping[str, set[uuid.UUID]]:
    """Clients whom someone has opened or listed, by the newest entries of the log."""
    rows = await onprem.run(
        "select act, subject_ids from audit.event where actor = $1 and seq > $2"
        " and subject_kind = 'client' and act in ('read', 'list')",
        account,
        after,
    )
    found: dict[str, set[uuid.UUID]] = {OPENED: set(), LISTED: set()}
    for row in rows:
        found[row["act"]] |= set(row["subject_ids"])
    return found


async def newest(onprem: PlaneDatabase) -> int:
    """The newest entry's number."""
    [row] = await onprem.run("select coalesce(max(seq), 0) as n from audit.event")
    return int(row["n"])


async def known_ids(onprem: PlaneDatabase) -> dict[str, str]:
    """A record for each parameter that can lead to a client."""
    known: dict[str, str] = {}
    for table in ("client", "referral", "appointment"):
        [row] = await onprem.run(f"select id from practice.{table} order by id limit 1")
        known[f"{table}_id"] = str(row["id"])
    return known


async def test_everyone_named_is_in_the_log(
    edge: Edge, filled: None, onprem: PlaneDatabase, as_role: AsRole
) -> None:
    """Each page, by each role that may see it: who is on it was opened or listed, and each as it was."""
    desk = await as_role("front_desk")
    await referral_of(desk, "Wilhelmina Walkthrough", allows=("may_voicemail",))
    await new_client(as_role, "Xaver Walkthrough")
    everyone, known = await names(onprem), await known_ids(onprem)
    missing: list[str] = []
    wrong: list[str] = []
    named_on = 0
    for role in ROLES:
        visitor, account = await as_role(role), str(PEOPLE[role])
        for path, permission in pages_of(edge).items():
            if permission and role not in PERMISSIONS[permission]:
                continue
            before = await newest(onprem)
            address = PARAMETER.sub(lambda each: known.get(each[1], UNKNOWN), path)
            answer = await visitor.get(address)
            shown = {key for key, name in everyone.items() if name in answer.text}
            log = await seen(onprem, account, after=before)
            named_on += bool(shown)
            if shown - log[OPENED] - log[LISTED]:
                missing.append(f"{role} {path}")
            if "{" not in path and log[OPENED]:
                wrong.append(f"{role} {path}")
            client = uuid.UUID(known["client_id"])
            if "{client_id" in path and client in shown and client not in log[OPENED]:
                wrong.append(f"{role} {path}")
    assert (missing, wrong) == ([], [])
    assert named_on >= NAMES_MIN


async def test_a_name_that_is_not_in_the_log_is_found(
    onprem: PlaneDatabase, filled: None, as_role: AsRole
) -> None:
    """The control: a page with names, and a log that begins after it."""
    desk = await as_role("front_desk")
    page = (await desk.get("/clients")).text
    shown = {key for key, name in (await names(onprem)).items() if name in page}
    log = await seen(onprem, str(PEOPLE["front_desk"]), after=await newest(onprem))
    assert shown
    assert shown - log[OPENED] - log[LISTED] == shown
