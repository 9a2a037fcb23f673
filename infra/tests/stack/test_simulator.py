"""The IntakeQ simulator keeps to what is documented of IntakeQ: shapes, limits, paging, traps."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from litestar.testing import TestClient

from lmhg_stack.canary.tokens import Canary
from lmhg_stack.intakeq.limits import DAY_S, MINUTE_S, CallLimits
from lmhg_stack.intakeq.practice import Practice

KEY = {"X-Auth-Key": "the-key"}
ZONE = ZoneInfo("America/Kentucky/Louisville")
Client = TestClient[Any]


def fetch(simulator: Client, path: str) -> Any:
    """GET something of the API, past the limits."""
    simulator.post("/_sim/limits", json={"per_minute": 10_000, "per_day": 10_000})
    answer = simulator.get(f"/api/v1/{path}", headers=KEY)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_call_without_the_key_is_refused(simulator: Client):
    """401, and it does not count."""
    assert simulator.get("/api/v1/clients").status_code == 401
    assert simulator.get("/api/v1/clients", headers={"X-Auth-Key": "no"}).status_code == 401
    assert simulator.get("/_sim/status").json()["calls"]["today"] == 0


def test_the_eleventh_call_of_a_minute_is_refused(simulator: Client):
    """429, in text."""
    codes = [simulator.get("/api/v1/clients", headers=KEY).status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]
    refused = simulator.get("/api/v1/clients", headers=KEY)
    assert refused.headers["content-type"].startswith("text/plain")


def test_limits_are_windows_that_slide():
    """A minute later there is room again, a day later for everything."""
    now = [0.0]
    limits = CallLimits(2, 3, clock=lambda: now[0])
    assert [limits.take(), limits.take(), limits.take()] == [True, True, False]
    now[0] += MINUTE_S
    assert [limits.take(), limits.take()] == [True, False]
    now[0] += DAY_S
    assert limits.take()


def test_a_list_of_clients_has_another_id_key_than_a_profile(simulator: Client):
    """ClientNumber without includeProfile, ClientId with."""
    made = simulator.post("/_sim/clients").json()
    assert fetch(simulator, "clients")[0]["ClientNumber"] == made["ClientId"]
    assert "ClientId" not in fetch(simulator, "clients")[0]
    assert fetch(simulator, "clients?includeProfile=true")[0] == made


def test_a_birth_date_has_two_encodings(simulator: Client):
    """Epoch milliseconds on a client, a date on an appointment, and they agree."""
    client = simulator.post("/_sim/clients").json()
    booked = simulator.post("/_sim/appointments", json={"client_id": client["ClientId"]}).json()
    appointment = fetch(simulator, f"appointments/{booked['id']}")
    born = datetime.fromtimestamp(client["DateOfBirth"] / 1000, UTC).date()
    assert appointment["ClientDateOfBirth"] == born.isoformat()


def test_pages_have_a_hundred(simulator: Client):
    """The last page is shorter, the one after it empty."""
    for _ in range(101):
        simulator.post("/_sim/clients")
    sizes = [len(fetch(simulator, f"clients?page={page}")) for page in (1, 2, 3)]
    assert sizes == [100, 1, 0]


def test_cancelling_has_two_spellings(simulator: Client):
    """The event is spelt one way or the other, the status always one way."""
    ids = [simulator.post("/_sim/appointments", json={}).json()["id"] for _ in range(2)]
    events = [
        simulator.post("/_sim/cancel", json={"id": key, "british": british}).json()["event"]
        for key, british in zip(ids, (False, True), strict=True)
    ]
    assert events == ["AppointmentCanceled", "AppointmentCancelled"]
    assert {fetch(simulator, f"appointments/{key}")["Status"] for key in ids} == {"Canceled"}


def test_a_note_locked_again_sends_the_same_webhook(tmp_path: Path):
    """Changed or not: the body tells nothing."""
    practice = Practice(Canary("t"), zone=ZONE, journal=tmp_path / "j")
    client = practice.new_client()["ClientId"]
    first = practice.lock_note(client)
    again = practice.relock_note(first.body["NoteId"], changed=True)
    assert (
        again.body
        == first.body
        == {
            "NoteId": first.body["NoteId"],
            "Type": "Note Locked",
            "ClientId": client,
        }
    )


def test_a_journal_survives_a_kill(tmp_path: Path):
    """Everything is there again; a torn last line is forgotten."""
    journal = tmp_path / "j"
    practice = Practice(Canary("t"), zone=ZONE, journal=journal)
    practice.book(practice.new_client()["ClientId"])
    with journal.open("a") as torn:
        torn.write('["client", "9", {"Cli')
    again = Practice(Canary("t"), zone=ZONE, journal=journal)
    assert again.all("appointment") == practice.all("appointment")
    assert again.all("client") == practice.all("client")


def test_the_list_of_canaries_has_every_phi_field(simulator: Client):
    """Whatever text a client, appointment, intake or note holds about a person is a token."""
    client = simulator.post("/_sim/clients").json()
    tokens = set(simulator.get("/_sim/canaries").json())
    texts = (client["FirstName"], client["LastName"], client["Phone"])
    assert set(texts) <= tokens
    assert client["AdditionalInformation"].split()[-1] in tokens
    assert client["StreetAddress"].split()[1] in tokens


def test_an_unknown_object_is_404(simulator: Client):
    """In the API and behind the strings."""
    assert simulator.get("/api/v1/appointments/none", headers=KEY).status_code == 404
    assert simulator.post("/_sim/cancel", json={"id": "none"}).status_code == 404
