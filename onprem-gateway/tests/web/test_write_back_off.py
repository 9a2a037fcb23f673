"""Sending to IntakeQ turned off by the setting: no button for it is shown, and one sentence says who turns it on."""

import uuid

import msgspec
import pytest

from lmhg_gateway.kernel.settings import WorkspaceSettings
from lmhg_kit.http.testing import AsRole
from lmhg_stack.testing import PlaneDatabase

from .records import new_client  # noqa: TID252 - beside this file

OFF = "Sending changes to IntakeQ is not turned on at your practice."


@pytest.fixture(scope="module")
def settings(settings: WorkspaceSettings) -> WorkspaceSettings:
    """The workspace of a practice that makes its changes in IntakeQ itself."""
    return msgspec.structs.replace(settings, intakeq_write_back=False)


async def test_no_button_is_shown_while_it_is_off(as_role: AsRole, onprem: PlaneDatabase) -> None:
    """Neither on the client, nor on a change that is held; what waits can be taken back."""
    desk = await as_role("front_desk")
    client = await new_client(as_role, "Juna Notsent")
    assert "Change in IntakeQ" not in (await desk.get(f"/clients/{client}")).text
    page = (await desk.get(f"/intake/changes/clients/{client}")).text
    assert (OFF in page, "Book in IntakeQ" in page) == (True, False)
    held, waits = uuid.uuid4(), uuid.uuid4()
    for change, act, state in ((held, "book", "held"), (waits, "client", "waiting")):
        await onprem.run(
            "do $$ begin perform set_config('app.actor', 'test', true),"
            " set_config('app.purpose', 'test', true); insert into practice.intakeq_change"
            " (id, act, client_id, subject_id, state, asked_by, due_at) values"
            f" ('{change}', '{act}', '{client}', '{client}', '{state}', 'test', now()); end $$"
        )
    page = (await desk.get(f"/intake/changes/{held}")).text
    assert (OFF in page, "Try again" in page) == (True, False)
    assert (await desk.post(f"/intake/changes/{held}/again")).status_code == 409
    assert "Taken back" in (await desk.follow(f"/intake/changes/{waits}/take-back")).text
