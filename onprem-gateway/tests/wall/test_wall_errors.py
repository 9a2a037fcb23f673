"""Every refusal by the wall has a sentence: compared with the functions of both live databases."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lmhg_kit.http.errors import answer_for
from lmhg_kit.persistence import Database
from lmhg_kit.wall_errors import UNNAMED, WALL_SENTENCES, wall_code
from lmhg_stack.testing import PlaneDatabase

_RAISE = re.compile(
    r"raise\s+exception\s+(.{0,80}?)\s*using\s+errcode\s*=\s*'(LM[0-9]{3})'",
    re.IGNORECASE | re.DOTALL,
)


async def raised(database: PlaneDatabase) -> list[tuple[str, str]]:
    """What each function says when it refuses, with its state, as the catalogue has it."""
    rows = await database.run("select prosrc as source from pg_proc where prosrc ~ 'LM[0-9]{3}'")
    found = [match for row in rows for match in _RAISE.findall(row["source"])]
    assert len(found) == sum(len(re.findall(r"LM[0-9]{3}", row["source"])) for row in rows)
    return found


@pytest.mark.found("A10", "the sentences are compared with every function of both live databases")
async def test_every_refusal_of_the_wall_has_a_sentence(
    onprem: PlaneDatabase, cloud: PlaneDatabase
) -> None:
    """Each refuses with a bare name, the same one for a state everywhere; no sentence is left over."""
    found = {*(await raised(onprem)), *(await raised(cloud))}
    names = {said.strip("'") for said, _ in found}
    assert all(re.fullmatch(r"'[a-z][a-z0-9_]+'", said) for said, _ in found)
    assert names == set(WALL_SENTENCES)
    assert len({state for _, state in found}) == len(names)


@pytest.mark.parametrize(
    ("said", "state", "code"),
    [
        ("glass_stands", "LM015", "glass_stands"),
        ("never_heard_of", "LM999", "never_heard_of"),
        ("Some words with a value: 42", "LM999", UNNAMED),
        ("glass_stands", "P0001", None),
    ],
)
async def test_refusal_by_the_wall_is_never_a_failure_of_ours(
    onprem: PlaneDatabase, said: str, state: str, code: str | None
) -> None:
    """A state of ours is told as policy, known or not, and never in a value's words; another is not."""
    db = Database(onprem.url("gw_workspace"), pool_size=1)
    block = f"do $$ begin raise exception '{said}' using errcode = '{state}'; end $$"
    try:
        with pytest.raises(DBAPIError) as refused:
            async with db.engine.begin() as link:
                await link.execute(text(block))
    finally:
        await db.close()
    assert wall_code(refused.value) == code
    assert (answer_for(refused.value).status == 409) is (code is not None)
