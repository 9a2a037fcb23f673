"""Incidents: noticed or reported, given to an officer, talked over, resolved with a cause."""

import pkgutil
import re
import uuid
from collections.abc import Iterable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

import lmhg_gateway
from lmhg_gateway import features
from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.features.incidents.rules import ACTS, CAUSES
from lmhg_gateway.features.incidents.service import open_incident
from lmhg_gateway.features.kept_texts.incident_codes import CLIENT_NAMED_IN_CLOUD
from lmhg_gateway.web.points import IncidentCode
from lmhg_kit.feature import Feature
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_stack.testing import PlaneDatabase

LIST = "/compliance/incidents"
OPENS = re.compile(r"open_incident\(\s*\w+,\s*(?:codes\.)?([A-Z_]+)\b")


@pytest.fixture
async def officer(as_role: AsRole):
    """The compliance officer."""
    return await as_role("compliance")


async def noticed(workspace_db: Database, code: IncidentCode = CLIENT_NAMED_IN_CLOUD) -> str:
    """The page of an incident that a process noticed."""
    async with workspace_db.uow(Actor("process: worker"), "test") as tx:
        made = open_incident(tx, code, subject_kind="ticket", subject_id=uuid.uuid4())
    return f"{LIST}/{made}"


def uncontributed(features: Iterable[Feature]) -> set[str]:
    """Codes that stand somewhere in the source, and that no feature of these contributes."""
    declared = {each.code for each in FeatureSet(tuple(features)).declared(IncidentCode)}
    return {each.code for each in written() if each.code not in declared}


def written() -> list[IncidentCode]:
    """Every code in every module of the features."""
    modules = pkgutil.walk_packages(features.__path__, features.__name__ + ".")
    values = (value for name in modules for value in vars(import_module(name.name)).values())
    return list({each.code: each for each in values if isinstance(each, IncidentCode)}.values())


def test_every_code_that_is_opened_anywhere_has_words() -> None:
    """An incident is opened with its words, and each of these is contributed by its feature."""
    source = Path(lmhg_gateway.__file__).parent
    texts = "".join(path.read_text() for path in source.rglob("*.py"))
    opened = set(OPENS.findall(texts))
    known = {each.code.upper() for each in written()} | {"OPENED"}
    assert {"MATCH_DIFFERS", "CLIENT_NAMED_IN_CLOUD", "CLIENT_NAMED_LATER", "REPORTED"} <= opened
    assert opened <= known
    assert uncontributed(FEATURES) == set()
    assert all(each.title and each.happened and each.todo for each in written())
    assert CAUSES
    assert set(ACTS) == {"opened", "assigned", "comment", "resolved", "reopened"}


def test_code_that_no_feature_contributes_is_found() -> None:
    """The negative control: without its feature's word, an officer would read a bare code."""
    without = [
        replace(each, contributes=()) if each.name == "packets" else each for each in FEATURES
    ]
    assert uncontributed(without) == {"packet_line"}


async def test_incident_goes_from_noticed_to_resolved_and_back(
    officer: Signed, as_role: AsRole, workspace_db: Database
) -> None:
    """Each step is in the trail, in order, with who took it."""
    own = await noticed(workspace_db)
    page = (await officer.get(own)).text
    assert CLIENT_NAMED_IN_CLOUD.title in page
    assert "/compliance/ledger?record_id=" in page
    second = str(uuid.UUID(int=4))
    await officer.follow(f"{own}/assign", assignee=second)
    await officer.follow(f"{own}/comment", said="Called the author.")
    bare = await officer.post(f"{own}/resolve", note="Talked to the author.")
    assert bare.status_code == 422
    odd = await officer.post(f"{own}/resolve", cause="mystery", note="Talked to the author.")
    assert odd.status_code == 422
    done = await officer.follow(f"{own}/resolve", cause="training", note="Talked to the author.")
    for said in ("Assigned by Compliance Person to Second Person", "Called the author.",
                 "Resolved by Compliance Person", CAUSES["training"]):  # fmt: skip
        assert said in done.text
    assert own in (await officer.get(LIST, state="closed")).text
    assert own not in (await officer.get(LIST)).text
    assert (await officer.post(f"{own}/assign", assignee=second)).status_code == 409
    await officer.follow(f"{own}/reopen", said="It happened again.")
    assert own in (await officer.get(LIST)).text
    assert (await officer.post(f"{own}/reopen", said="Again.")).status_code == 409


async def test_incident_goes_to_an_officer_alone(officer: Signed, workspace_db: Database) -> None:
    """Not to a colleague who could not work on it; to nobody is allowed."""
    own = await noticed(workspace_db)
    refused = await officer.post(f"{own}/assign", assignee=str(uuid.UUID(int=1)))
    assert refused.status_code == 422
    await officer.follow(f"{own}/assign", assignee=str(uuid.UUID(int=3)))
    assert own in (await officer.get(LIST, who="mine")).text
    await officer.follow(f"{own}/assign", assignee="")
    assert own in (await officer.get(LIST, who="nobody")).text


async def test_officer_reports_what_nobody_noticed(officer: Signed) -> None:
    """It is theirs at once; without words nothing is opened."""
    assert (await officer.post(LIST, said="x")).status_code == 422
    page = await officer.follow(LIST, said="A letter went to the wrong address.")
    assert "A letter went to the wrong address." in page.text
    assert "Compliance Person" in page.text
    assert page.url.path in (await officer.get(LIST, code="reported", who="mine")).text


async def test_trail_is_kept_as_it_is(
    officer: Signed, workspace_db: Database, onprem: PlaneDatabase
) -> None:
    """Nobody edits a step, writes one in another's name, or removes one; texts are sealed."""
    own = await noticed(workspace_db)
    await officer.follow(f"{own}/comment", said="Called the author.")
    rows = await onprem.run("select said_sealed from compliance.incident_event")
    assert all(b"Called" not in (row["said_sealed"] or b"") for row in rows)
    act = "perform set_config('app.actor', 't', true), set_config('app.purpose', 't', true);"
    forged = (
        "insert into compliance.incident_event (id, incident_id, actor, act) select"
        " gen_random_uuid(), id, 'somebody', 'comment' from compliance.incident limit 1"
    )
    for change in ("update compliance.incident_event set act = 'resolved'", forged):
        with pytest.raises(Exception, match="append_only"):
            await onprem.run(f"do $$ begin {act} {change}; end $$")
    with pytest.raises(Exception, match="permission denied"):
        await onprem.run("delete from compliance.incident_event", role="gw_workspace")


async def test_admin_reads_and_does_not_work_on_incidents(
    as_role: AsRole, workspace_db: Database
) -> None:
    """That is the officer's."""
    own = await noticed(workspace_db)
    admin = await as_role("admin")
    assert (await admin.get(own)).status_code == 200
    assert (await admin.post(f"{own}/comment", said="Hello there.")).status_code == 403
