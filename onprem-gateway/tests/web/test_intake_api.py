"""Intake for programs: lists by state, and the two steps, once each."""

import uuid

import pytest

from lmhg_kit.http.queue import STATES
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_quality.intake_lab import Lab

from .messages import held, in_every_state  # noqa: TID252 - beside this file


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """The front desk."""
    return await as_role("front_desk")


@pytest.mark.parametrize("state", [state for state, _ in STATES])
async def test_api_lists_each_state(lab: Lab, desk: Signed, state: str) -> None:
    """Ids, codes and times: no sentence of the page, no label and no color."""
    messages = await in_every_state(lab)
    answer = (await desk.get("/api/v1/intake", in_state=state)).json()
    assert answer["total"] == 1
    (one,) = answer["messages"]
    assert set(one) == {"id", "state", "code", "received_at", "attempts", "next_at"}
    assert (one["id"], one["state"]) == (str(messages[state]), state)


async def test_api_takes_both_steps_once(lab: Lab, desk: Signed) -> None:
    """The second time is a conflict with a stable code; a state that is none is refused."""
    first, second = await held(lab, 2)
    token = {"x-csrf-token": desk.token}
    for message, step, state in ((first, "again", "waiting"), (second, "aside", "set_aside")):
        path = f"/api/v1/intake/{message}/{step}"
        done = await desk.browser.post(path, headers=token)
        assert (done.status_code, done.json()["state"]) == (200, state)
        twice = await desk.browser.post(path, headers=token)
        assert (twice.status_code, twice.json()["error"]["code"]) == (409, "queue_moved")
    nothing = await desk.browser.post(f"/api/v1/intake/{uuid.UUID(int=9)}/again", headers=token)
    assert (nothing.status_code, nothing.json()["error"]["code"]) == (404, "intake")
    odd = await desk.get("/api/v1/intake", in_state="lost")
    assert (odd.status_code, list(odd.json()["error"]["fields"])) == (400, ["in_state"])


async def test_api_by_role(lab: Lab, as_role: AsRole) -> None:
    """The officer lists and may not decide; a clinician does neither."""
    (message,) = await held(lab)
    path = f"/api/v1/intake/{message}/aside"
    for role, reads in (("compliance", 200), ("clinician", 403)):
        person = await as_role(role)
        assert (await person.get("/api/v1/intake")).status_code == reads
        answer = await person.browser.post(path, headers={"x-csrf-token": person.token})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "role_missing")
    assert await lab.result(message) == ("held", "not_json")
