"""Who places, ends and moves a legal hold, and what it keeps: as the application's roles, in SQL."""

import uuid
from collections.abc import Mapping

import asyncpg
import pytest

from lmhg_gateway.database import MODELS
from lmhg_gateway.features.retention.disposing import declared
from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.persistence.row_rules import DECLARED, RowRules
from lmhg_stack.proof import acting, prove, tried
from lmhg_stack.testing import PlaneDatabase

CLINICIAN, DESK, ADMIN = (uuid.UUID(int=0xC10 + n) for n in range(3))
NAMED = "select set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"
WORKER = NAMED.replace("'test'", "'process: worker'", 1)
LOGINS: Mapping[str, str] = {
    "gw_worker": WORKER,
    "gw_workspace": f"select {acting(CLINICIAN)}",
}
ACTORS: Mapping[str, str] = {"gw_worker": "process: worker", "gw_workspace": str(CLINICIAN)}


@pytest.fixture(autouse=True)
async def colleagues(onprem: PlaneDatabase) -> None:
    """A clinician, someone of the front desk, and an administrator."""
    await prove(onprem, CLINICIAN, roles="clinician")
    await prove(onprem, DESK, roles="front_desk")
    await prove(onprem, ADMIN, roles="admin")


class Held:
    """Someone on hold, with a document on hold, and someone else."""

    def __init__(self) -> None:
        self.client, self.other, self.hold, self.document, self.document_hold = (
            uuid.uuid4() for _ in range(5)
        )


@pytest.fixture
async def held(onprem: PlaneDatabase) -> Held:
    """Two clients, one of them on hold."""
    found = Held()
    link = await asyncpg.connect(onprem.url("postgres"))
    async with link.transaction():
        await link.execute(NAMED)
        for each in (found.client, found.other):
            await link.execute("insert into practice.client (id) values ($1)", each)
        await link.execute(
            "insert into practice.document (id, client_id, label) values ($1, $2, 'other')",
            found.document, found.client,
        )  # fmt: skip
        await link.execute(
            "insert into practice.document_hold (id, document_id, placed_by) values ($1, $2, 'test')",
            found.document_hold, found.document,
        )  # fmt: skip
        await link.execute(
            "insert into practice.legal_hold (id, client_id, placed_by) values ($1, $2, 'test')",
            found.hold, found.client,
        )  # fmt: skip
    await link.close()
    return found


def test_every_table_that_holds_asks_for_a_power() -> None:
    """What keeps a client's rows is made and changed by a person with the power, from any login that can."""
    logins = {"gw_workspace", "gw_worker"}
    holding = [
        model
        for model in MODELS
        if isinstance(said := declared([model]).get(model.__dict__["__table__"].fullname), Goes)
        and said.held_by
    ]
    assert len(holding) > 1
    for model in holding:
        rules: RowRules = getattr(model, DECLARED)
        assert set(rules.made_by_power) == set(rules.changed_by_power) == logins, model.__name__


@pytest.mark.parametrize("login", LOGINS)
async def test_without_the_power_no_hold_is_placed_ended_or_moved(
    onprem: PlaneDatabase, held: Held, login: str
) -> None:
    """Whatever a page allows: the database looks up who it is."""
    lifted = f"set lifted_at = now(), lifted_by = '{ACTORS[login]}' where id ="
    for act in (
        f"update practice.legal_hold {lifted} '{held.hold}'",
        f"update practice.document_hold {lifted} '{held.document_hold}'",
        f"update practice.legal_hold set client_id = '{held.other}' where id = '{held.hold}'",
        f"update practice.legal_hold set client_id = null where id = '{held.hold}'",
        f"insert into practice.legal_hold (id, placed_by) values (gen_random_uuid(), '{ACTORS[login]}')",
    ):
        assert await tried(onprem, login, LOGINS[login], act) != "accepted", act


async def test_administrator_ends_a_hold(onprem: PlaneDatabase, held: Held) -> None:
    """Who has the power does."""
    act = f"update practice.legal_hold set lifted_at = now(), lifted_by = '{ADMIN}' where id = '{held.hold}'"
    assert await tried(onprem, "gw_workspace", f"select {acting(ADMIN)}", act) == "accepted"


@pytest.mark.parametrize("login", LOGINS)
async def test_row_of_a_client_is_hung_on_no_one_else(
    onprem: PlaneDatabase, held: Held, login: str
) -> None:
    """Moved, a document of someone on hold could be deleted."""
    move = f"update practice.document set client_id = '{held.other}' where id = '{held.document}'"
    assert await tried(onprem, login, LOGINS[login], move) == "LM083"


async def test_merge_that_is_none_moves_nothing(onprem: PlaneDatabase, held: Held) -> None:
    """The one who says that two records are one makes them one, and then the hold goes along."""
    said = (
        "insert into practice.client_merge (id, survivor_id, merged_id, merged_by)"
        f" values (gen_random_uuid(), '{held.other}', '{held.client}', '{DESK}')"
    )
    move = f"update practice.document set client_id = '{held.other}' where id = '{held.document}'"
    joined = f"update practice.client set merged_into = '{held.other}' where id = '{held.client}'"
    taken = f"update practice.legal_hold set client_id = '{held.other}' where id = '{held.hold}'"
    undone = (
        f"update practice.client_merge set undone_at = now(), undone_by = '{DESK}'"
        f" where merged_id = '{held.client}'"
    )
    actor, ends = f"select {acting(DESK)}", "set constraints all immediate"
    for acts, expected in (
        ([said, move], "LM061"),
        ([said, move, undone], "LM061"),
        ([said, move, joined], "LM061"),
        ([said, move, taken, joined], "accepted"),
    ):
        assert await tried(onprem, "gw_workspace", actor, *acts, ends) == expected, acts
