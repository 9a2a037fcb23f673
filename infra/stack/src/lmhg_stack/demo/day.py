"""What happens on the practice day, one act after the other, the same for the same seed."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from lmhg_stack.demo.browser import Browser
from lmhg_stack.people import member
from lmhg_stack.stack import Stack

AUTHOR, APPROVER, STAFF = "front@lmhg.test", "compliance@lmhg.test", "front@lmhg.test"
SUPPORT = "it@lmhg.test"
JSON_TYPE = "application/json"
TIMEOUT_S = 20.0


@dataclass(frozen=True)
class Act:
    """One thing that someone does."""

    label: str
    do: Callable[[], None]


@dataclass(frozen=True)
class Size:
    """How much happens."""

    intakes: int = 20
    appointments: int = 60
    announcements: int = 6
    tickets: int = 8


@dataclass
class Day:
    """The acts, and the people's browsers while they run."""

    stack: Stack
    size: Size = field(default_factory=Size)
    seed: str = "practice day"
    answers: dict[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        self._random = Random(self.seed)
        facts = self.stack.facts
        self._simulator = httpx.Client(base_url=facts["addresses"]["intakeq"], timeout=TIMEOUT_S)
        self._facts = facts
        self._browsers: dict[tuple[str, str], Browser] = {}
        self._booked: list[str] = []
        self._notes: list[str] = []
        self._clients: list[int] = []

    def close(self) -> None:
        """Everybody goes home."""
        for browser in self._browsers.values():
            browser.close()
        self._simulator.close()

    def simulator(self, act: str, **order: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Pull one of the simulator's strings."""
        answer = self._simulator.post(f"/_sim/{act}", json=order)
        answer.raise_for_status()
        return answer.json()

    def intakes(self) -> Iterator[Act]:
        """New people submit their questionnaires; some webhooks come twice."""
        for number in range(self.size.intakes):
            yield Act("intake", lambda copies=1 + (number % 5 == 4): self._intake(copies))

    def rest(self) -> Iterator[Act]:
        """Everything else, well mixed, changes after what they change."""
        makes = [
            Act("appointment", lambda copies=1 + (number % 10 == 9): self._book(copies))
            for number in range(self.size.appointments)
        ]
        makes += [Act("note", self._note) for _ in range(self.size.intakes // 4)]
        makes += [
            Act("announcement", lambda n=number: self._announce(n))
            for number in range(self.size.announcements)
        ]
        makes += [
            Act("ticket", lambda n=number: self._ticket(n)) for number in range(self.size.tickets)
        ]
        self._random.shuffle(makes)
        yield from makes
        changes = [Act("reschedule", self._reschedule) for _ in range(self.size.appointments // 4)]
        changes += [Act("cancel", self._cancel) for _ in range(self.size.appointments // 6)]
        changes += [Act("note again", self._relock) for _ in range(self.size.intakes // 5)]
        changes.append(Act("withdrawal", self._withdraw))
        self._random.shuffle(changes)
        yield from changes
        yield Act("wrong webhooks", self._knock)

    def _intake(self, copies: int) -> None:
        made = self.simulator("intakes", copies=copies)
        self._clients.append(made["client_id"])

    def _book(self, copies: int) -> None:
        client = self._random.choice(self._clients)
        self._booked.append(self.simulator("appointments", client_id=client, copies=copies)["id"])

    def _reschedule(self) -> None:
        self.simulator("reschedule", id=self._random.choice(self._booked))

    def _cancel(self) -> None:
        gone = self._booked.pop(self._random.randrange(len(self._booked)))
        self.simulator("cancel", id=gone, british=self._random.random() < 0.5)

    def _note(self) -> None:
        made = self.simulator("notes", client_id=self._random.choice(self._clients))
        self._notes.append(made["id"])

    def _relock(self) -> None:
        self.simulator(
            "relock", id=self._random.choice(self._notes), changed=self._random.random() < 0.5
        )

    def _announce(self, number: int) -> None:
        """Each third names a client; the last stays where it is."""
        text = f"The kitchen is closed on day {number}."
        if number % 3 == 1:
            text = f"Please be gentle with {self._somebody()} this week."
        author = self._browser("workspace", AUTHOR)
        page = author.fill(
            author.open("/announcements/new"),
            "/announcements",
            {"title": f"Notice {number}", "body": text},
        )
        if number == self.size.announcements - 1:
            return
        page = author.fill(page, "/propose", {"reason": "everybody should know"})
        officer = self._browser("workspace", APPROVER)
        officer.fill(officer.open(page.url.path), "/approve", {})
        if number == 0:
            self._withdrawn = page.url.path

    _withdrawn: str = ""

    def _withdraw(self) -> None:
        officer = self._browser("workspace", APPROVER)
        officer.fill(officer.open(self._withdrawn), "/withdraw", {})

    def _ticket(self, number: int) -> None:
        """Each fourth names a client, which is screened on arrival; support answers the others."""
        staff = self._browser("portal", STAFF)
        named = f" {self._somebody()} could not sign the form." if number % 4 == 2 else ""
        filed = staff.fill(
            staff.open("/tickets/new"),
            "/tickets/new",
            {
                "subject": f"Printer {number} is stuck",
                "body": f"It blinks and does nothing.{named}",
                "category": "computer",
                "urgency": "normal",
            },
        )
        if not named:
            support = self._browser("portal", SUPPORT)
            page = support.open(filed.url.path)
            support.fill(page, "/messages", {"body": "Have a look at the paper tray."})

    def _somebody(self) -> str:
        """The name of a client whom the gateway has known since the morning."""
        rows = self._simulator.get("/_sim/objects/client").raise_for_status().json()
        known = [row["Name"] for row in rows if row["ClientId"] in self._clients]
        return self._random.choice(known)

    def _knock(self) -> None:
        """Webhooks that are wrong in each way; what they are answered is kept."""
        base = self._facts["addresses"]["ingress"]
        path = self._facts["ingress_path"]
        tries: dict[str, tuple[str, bytes, str]] = {
            "wrong secret": (f"{base}/hooks/intakeq/{'0' * 40}", b"{}", JSON_TYPE),
            "wrong content type": (base + path, b"a=1", "application/x-www-form-urlencoded"),
            "too long": (base + path, b'"' + b"x" * 600_000 + b'"', JSON_TYPE),
        }
        for name, (url, body, kind) in tries.items():
            answer = httpx.post(
                url, content=body, headers={"content-type": kind}, timeout=TIMEOUT_S
            )
            self.answers[name] = answer.status_code

    def _browser(self, where: str, email: str) -> Browser:
        """A person's browser, signed in the first time it is needed."""
        known = self._browsers.get((where, email))
        if known is None:
            with ExitStack() as undo:
                known = undo.enter_context(Browser(self._facts["addresses"][where]))
                person = member(email)
                known.sign_in(email, person.password, person.totp_secret)
                undo.pop_all()
            self._browsers[where, email] = known
        return known
