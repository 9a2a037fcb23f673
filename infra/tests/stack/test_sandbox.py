"""The simulator as a sandbox: faults on demand, merges and their undo, second clients, and what programs write."""

from typing import Any

import pytest
from litestar.testing import TestClient

KEY = {"X-Auth-Key": "the-key"}
Client = TestClient[Any]


def do(simulator: Client, act: str, **order: object) -> Any:
    """Make something happen."""
    answer = simulator.post(f"/_sim/{act}", json=order)
    assert answer.status_code < 300, answer.text
    return answer.json()


def api(simulator: Client, method: str, path: str, body: object = None) -> Any:
    """Ask IntakeQ, past its limits."""
    simulator.post("/_sim/limits", json={"per_minute": 10_000, "per_day": 10_000})
    answer = simulator.request(method, f"/api/v1/{path}", headers=KEY, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_answers_go_wrong_as_often_as_asked(simulator: Client) -> None:
    """Two refusals, then all is well; a refusal for the limits says when to come again."""
    do(simulator, "faults", status=429, answers=2)
    codes = [simulator.get("/api/v1/clients", headers=KEY) for _ in range(3)]
    assert [each.status_code for each in codes] == [429, 429, 200]
    assert codes[0].headers["Retry-After"] == "60"


def test_lost_webhook_is_never_sent(simulator: Client) -> None:
    """The appointment is there, and nothing waits to be sent."""
    do(simulator, "faults", lost=1)
    made = do(simulator, "appointments")
    assert do(simulator, "settle")["waiting"] == 0
    assert simulator.get("/_sim/status").json()["webhooks"] == {}
    assert api(simulator, "GET", f"appointments/{made['id']}")["Id"] == made["id"]


def test_merge_moves_what_one_had_and_its_undo_brings_it_back(simulator: Client) -> None:
    """The client is in the list of deleted ones alone; then everything is as it was."""
    visit = do(simulator, "appointments", copies=0)
    other = do(simulator, "clients")["ClientId"]
    one = visit["client_id"]
    do(simulator, "merge", client_id=one, into=other)
    there = [each["ClientNumber"] for each in api(simulator, "GET", "clients")]
    assert one not in there
    gone = api(simulator, "GET", "clients?deletedOnly=true&includeProfile=true")
    assert [each["ClientId"] for each in gone] == [one]
    assert api(simulator, "GET", f"appointments/{visit['id']}")["ClientId"] == other
    do(simulator, "unmerge", client_id=one)
    assert api(simulator, "GET", f"appointments/{visit['id']}")["ClientId"] == one
    assert api(simulator, "GET", "clients?deletedOnly=true") == []


def test_programs_write_clients_and_appointments(simulator: Client) -> None:
    """Added, found by their own id, moved, called off; the same again makes a second one."""
    made = api(simulator, "POST", "clients", {"Name": "Ada Quill", "ExternalClientId": "gw-1"})
    (found,) = api(simulator, "GET", "clients?externalClientId=gw-1&includeProfile=true")
    assert found["ClientId"] == made["ClientId"]
    order = {"ClientId": made["ClientId"], "UtcDateTime": 1_800_000_000_000}
    one, two = [api(simulator, "POST", "appointments", order) for _ in range(2)]
    assert one["Id"] != two["Id"]
    moved = api(
        simulator, "PUT", "appointments", {"Id": one["Id"], "UtcDateTime": 1_800_000_900_000}
    )
    assert moved["StartDate"] == 1_800_000_900_000
    api(simulator, "POST", "appointments/cancellation", {"AppointmentId": one["Id"]})
    assert api(simulator, "GET", f"appointments/{one['Id']}")["Status"] == "Canceled"
    assert api(simulator, "GET", "appointments/settings")["Practitioners"]


def test_page_does_what_its_forms_say(simulator: Client) -> None:
    """Each form leads back to the page, which shows what happened, escaped."""
    client = do(simulator, "clients")["ClientId"]
    for form in (
        {"act": "edit", "client": str(client), "phone": "<b>1"},
        {"act": "second", "client": str(client)},
        {"act": "silent", "client": str(client)},
        {"act": "faults", "status": "429", "answers": "3", "lost": "x"},
    ):
        answer = simulator.post("/sandbox", data=form, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
    page = simulator.get("/").text
    assert "&lt;b&gt;1" in page
    assert "Next 3 calls are answered with 429" in page
    assert "Appointments (1)" in page


@pytest.mark.parametrize("act", ["merge", "unmerge", "cancel", "delete", "resend", "none", ""])
def test_page_refuses_what_is_not_there(simulator: Client, act: str) -> None:
    """404, whatever is missing or odd."""
    assert simulator.post("/sandbox", data={"act": act, "client": "\u00b2"}).status_code == 404
