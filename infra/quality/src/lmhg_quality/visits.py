"""Who looks at which pages: one list for pictures, for the gates of pages, and for grades."""

import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from html import unescape
from zoneinfo import ZoneInfo

import httpx
from playwright.async_api import Page

from lmhg_stack.demo.browser import Browser as Reader
from lmhg_stack.demo.library import DOCUMENTS
from lmhg_stack.demo.opening import OF_CLIENTS, put
from lmhg_stack.people import member
from lmhg_stack.process import StackError, wait_until
from lmhg_stack.stack import Stack

COPIES = "/compliance/cloud?kind=announcement"
UUID = "[0-9a-f]{8}-[0-9a-f-]{27}"
PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
SUPPORT = member("it@lmhg.test")
PRACTICE = ZoneInfo("America/New_York")
MATCHED = 'href="/compliance/match/'
TITLE = "The kitchen is closed"
HANDBOOK = DOCUMENTS[0].title
PULL_LIMIT_S = 150.0
"""IntakeQ answers ten calls a minute; the demo data may just have used them up."""


@dataclass(frozen=True)
class Visit:
    """Who looks at which pages where: routes as the application names them."""

    where: str
    email: str
    paths: tuple[str, ...]


VISITS = (
    Visit("workspace", "front@lmhg.test", (
        "/", "/search", "/notifications", "/clients", "/clients/new", "/clients/{client_id:uuid}", "/clients/{client_id:uuid}/edit",
        "/clients/{client_id:uuid}/referrals/new", "/referrals", "/referrals/{referral_id:uuid}", "/referrals/{referral_id:uuid}/edit",
        "/appointments", "/appointments/week", "/appointments/board", "/appointments/{appointment_id:uuid}", "/appointments/{appointment_id:uuid}/cancel", "/recalls", "/clients/{client_id:uuid}/ask-back", "/help", "/help/clients", "/appointments/{appointment_id:uuid}/cloud", "/announcements", "/announcements/new", "/announcements/{announcement_id:uuid}",
        "/announcements/{announcement_id:uuid}/edit", "/library", "/library/new", "/library/{library_id:uuid}", "/intake", "/intake/{item_id:uuid}",
        "/intake/check", "/intake/differences", "/intake/differences/{difference_id:uuid}", "/intake/people", "/intake/people/{arrival_id:uuid}",
        "/intake/changes", "/intake/changes/clients/{client_id:uuid}", "/intake/changes/appointments/{appointment_id:uuid}",
        "/work", "/handoff", "/office-hours", "/referrals/sweep", "/referrals/call-rules", "/risk-answers",
        "/risk-answers/{answer_id:uuid}", "/clients/duplicates", "/clients/duplicates/{pair_id:uuid}",
        "/clients/{client_id:uuid}/merge", "/clients/{client_id:uuid}/documents/new",
        "/waitlist", "/waitlist/times", "/waitlist/times/new", "/waitlist/times/{slot_id:uuid}", "/waitlist/rules",
        "/waitlist/people/{referral_id:uuid}", "/referrals/{referral_id:uuid}/people", "/referrals/{referral_id:uuid}/people/find",
        "/tray", "/tray/new", "/tray/{paper_id:uuid}", "/tray/{paper_id:uuid}/join",
        "/authorizations", "/authorizations/{authorization_id:uuid}", "/referrals/{referral_id:uuid}/authorizations/new",
        "/funnel", "/standing",
        "/requests", "/requests/{rights_id:uuid}", "/clients/{client_id:uuid}/requests/new", "/clients/{client_id:uuid}/consents/new",
        "/estimates", "/clients/{client_id:uuid}/estimates/new",
        "/clients/{client_id:uuid}/people/new", "/clients/{client_id:uuid}/privacy-notice", "/downtime",
    )),
    Visit("workspace", "compliance@lmhg.test", (
        "/compliance", "/compliance/ledger", "/compliance/ledger/{n:int}",
        "/compliance/ledger/checks/{check_id:uuid}", "/compliance/access", "/compliance/access/clients",
        "/compliance/access/clients/{client_id:uuid}", "/compliance/access/clients/{client_id:uuid}/accounting",
        "/compliance/held", "/compliance/held/{held_id:uuid}", "/compliance/exemptions",
        "/compliance/exemptions/{exemption_id:uuid}", "/compliance/requests/{request_id:uuid}", "/compliance/cloud",
        "/compliance/cloud/{kind:str}/{record_id:uuid}", "/compliance/incidents",
        "/compliance/incidents/{incident_id:uuid}", "/compliance/packets",
        "/compliance/match", "/compliance/match/{match_id:uuid}", "/compliance/sweeps", "/compliance/witness",
        "/compliance/statement", "/compliance/statement/{statement_id:uuid}", "/compliance/screening",
        "/compliance/found-later", "/kept-texts", "/compliance/vendors", "/compliance/vendors/new",
        "/compliance/vendors/{vendor_id:uuid}", "/compliance/breaches", "/compliance/incidents/{incident_id:uuid}/breach",
        "/compliance/breaches/{case_id:uuid}", "/compliance/retention", "/compliance/retention/holds", "/compliance/retention/holds/everything",
        "/compliance/retention/batches/{batch_id:uuid}", "/clients/{client_id:uuid}/hold", "/compliance/leaving",
    )),
    Visit("workspace", "admin@lmhg.test", (
        "/credentials", "/credentials/people/{colleague_id:uuid}",
        "/absences", "/absences/new", "/absences/{absence_id:uuid}",
        "/office-hours/closed", "/on-call", "/risk-answers/rules",
        "/imports", "/imports/new", "/exports",
        "/people", "/people/new", "/people/factors", "/people/{user_id:uuid}",
        "/people/{user_id:uuid}/offboard", "/decisions", "/break-glass", "/network",
        "/oauth-clients", "/oauth-clients/new", "/oauth-clients/{client:uuid}", "/oauth-clients/{client:uuid}/edit",
    )),
    Visit("identity", "front@lmhg.test", (
        "/", "/security", "/security/codes", "/security/password", "/enrol", "/enrol/key", "/forgot",
        "/letter", "/confirm", "/reminder", "/help/sign-in",
    )),
    Visit("portal", "it@lmhg.test", (
        "/", "/search", "/notifications", "/tickets", "/tickets/new", "/tickets/{ticket_id:uuid}", "/calendar", "/announcements",
        "/announcements/{record_id:uuid}", "/library", "/library/{document_id:uuid}", "/account", "/help", "/help/tickets",
    )),
    Visit("portal", "compliance@lmhg.test", ("/log-gaps",)),
)  # fmt: skip

SIGNED_OUT = {"workspace": ("/sign-in", "/signed-out"), "identity": ("/sign-in", "/signed-out"), "portal": ("/sign-in", "/signed-out")}  # fmt: skip
"""What someone sees who is not signed in."""

EXCUSED = {
    "/static/{digest:str}/{name:str}": "a file",
    "/api/v1/": "JSON",
    "/oauth/": "for programs, or on the way through",
    "/.well-known/": "for programs",
    "/compliance/match/runs": "a part of the page above it",
    "/compliance/ledger/checks/{check_id:uuid}/part": "a part of the page above it",
    "/freshness": "a part of every page",
    "/session/start": "leads on at once",
    "/sign-in/callback": "leads on at once",
    "/compliance/ledger/export": "a download",
    "/compliance/ledger/{n:int}/proof": "a download",
    "/compliance/access/export": "a download",
    "/compliance/retention/batches/{batch_id:uuid}/certificate": "a download",
    "/compliance/retention/batches/{batch_id:uuid}/certificate/print": "there is none before a disposal is done; its test opens it",
    "/downtime/packet": "a download",
    "/library/{library_id:uuid}/file": "a download",
    "/library/{document_id:uuid}/file": "a download",
    "/library/{library_id:uuid}/state": "a part of the page above it",
    "/locked": "leads on at once",
    "/compliance/statement/{statement_id:uuid}/part": "a part of the page above it",
    "/compliance/statement/{statement_id:uuid}/text": "a download",
    "/people/{user_id:uuid}/offboarding": "of somebody who left; the browser test of leaving opens it",
    "/compliance/packets/{packet_id:uuid}": "there is none in a stack's first week",
    "/compliance/cloud/{kind:str}/{record_id:uuid}/recall": "a part of the page above it",
    "/compliance/exemptions/{exemption_id:uuid}/recall": "a part of the page above it",
    "/enrol/app/{app_id:uuid}": "shows a secret once; the browser tests of enrolment open it",
    "/second-factor": "a step of signing in; every officer's visit passes it",
    "/waitlist/offers/{offer_id:uuid}": "leads on at once",
    "/gallery": "in development only; it has pictures of its own",
    "/clients/{client_id:uuid}/merge/{other_id:uuid}": "a step of merging; the browser test of the queue opens it",
    "/clients/merges/{merge_id:uuid}": "there is none before someone merges; the browser test of the queue opens it",
    "/consents/{consent_id:uuid}": "found on a client's page, of which the first has none; the tests of consents open it",
    "/credentials/{credential_id:uuid}/renew": "a step of a colleague's page; the tests of credentials open it",
    "/estimates/{estimate_id:uuid}": "opened by the tests of estimates; a stack may have none yet",
    "/related/{related_id:uuid}/edit": "the form of adding one, filled; the tests of guardians open it",
    "/requests/packet/{year:int}": "a download",
    "/requests/{rights_id:uuid}/packet": "a download",
    "/imports/{import_id:uuid}": "there is none before someone brings a file; the tests of imports open it",
    "/recalls/{recall_id:uuid}": "the page of its client, which is visited",
    "/documents/{document_id:uuid}": "there is none before someone files one; the browser tests of documents open it",
    "/intake/changes/{change_id:uuid}": "there is none while sending is off; the test of changes opens it",
    "/tray/{paper_id:uuid}/file": "a step of a paper whose client is chosen; the browser test of the tray opens it",
    "/tray/{paper_id:uuid}/refer": "a step of a paper whose client is chosen; the browser test of the tray opens it",
    "/tray/{paper_id:uuid}/state": "a part of a paper's page",
    "/tray/pages/{page_id:uuid}/picture": "a picture",
    "/tray/files/{file_id:uuid}/original": "a download",
    "/help/{name:str}": "one template for every page of help; two are visited",
    "/help": "the list of them; visited where there is a search",
}
"""Routes that no visit opens, and why. One that ends with a slash means all below it."""

FOUND_ON = {
    "client_id": "/clients",
    "referral_id": "/referrals",
    "announcement_id": "/announcements",
    "record_id": "/announcements",
    "library_id": "/library",
    "document_id": "/library",
    "client": "/oauth-clients",
    "ticket_id": "/tickets",
    "n": "/compliance/ledger",
    "appointment_id": "/appointments/board",
    "held_id": "/compliance/held",
    "exemption_id": "/compliance/exemptions",
    "request_id": "/compliance/exemptions",
    "incident_id": "/compliance/incidents",
    "match_id": "/compliance/match",
    "item_id": "/intake?state=done",
    "answer_id": "/risk-answers",
    "pair_id": "/clients/duplicates",
    "slot_id": "/waitlist/times",
    "authorization_id": "/authorizations",
    "person_id": "/waitlist/rules",
    "difference_id": "/intake/differences",
    "arrival_id": "/intake/people",
    "rights_id": "/requests",
    "colleague_id": "/credentials",
    "absence_id": "/absences",
    "paper_id": "/tray",
    "vendor_id": "/compliance/vendors",
    "case_id": "/compliance/breaches",
    "batch_id": "/compliance/retention",
}
"""Where a link to a record of the kind is."""


def unvisited(routes: dict[str, list[str]]) -> list[str]:
    """Routes that a browser may open, that no visit opens and nothing excuses."""
    visited = {(visit.where, path) for visit in VISITS for path in visit.paths}
    visited |= {(where, path) for where, paths in SIGNED_OUT.items() for path in paths}
    return [
        f"{where} {path}"
        for where, paths in routes.items()
        for path in paths
        if (where, path) not in visited and not _is_excused(path)
    ]


def _is_excused(path: str) -> bool:
    return any(
        path == known
        or (known.endswith("/") and path.startswith(known))
        or path.startswith(known + "/")
        for known in EXCUSED
    )


async def addresses(
    page: Page, paths: tuple[str, ...], known: dict[str, str]
) -> AsyncIterator[tuple[str, str]]:
    """Each route with an address of it, the parameters taken from links on the lists, and kept.

    Raises: StackError when a list has no such link.
    """
    known.setdefault("user_id", str(SUPPORT.id))
    for path in paths:
        await _learn(page, path, known)
        yield path, PARAMETER.sub(lambda each: known[each[1]], path)


async def _learn(page: Page, path: str, known: dict[str, str]) -> None:
    """Know every parameter of a route. Raises: StackError when a list has no link to take it from."""
    missing = [name for name, _ in PARAMETER.findall(path) if name not in known]
    if not missing:
        return
    if missing == ["check_id"]:
        known["check_id"] = await _check(page)
        return
    if missing == ["statement_id"]:
        known["statement_id"] = await _statement(page)
        return
    known.setdefault("kind", "announcement")
    source = COPIES if "{kind:str}" in path else FOUND_ON[missing[-1]]
    await page.goto(source)
    head = path[: path.index(f"{{{missing[-1]}:")]
    begins = PARAMETER.sub(lambda each: known[each[1]], head)
    ends = re.compile(rf"^{re.escape(begins)}({UUID}|[0-9]+)(?:[/?#].*)?$")
    for link in await page.locator("main a[href]").all():
        found = ends.search(await link.get_attribute("href") or "")
        if found:
            known[missing[-1]] = found[1]
            return
    message = f"no link on {source} leads to {path}"
    raise StackError(message)


async def _check(page: Page) -> str:
    """A verification of the ledger, begun as the officer begins it."""
    await page.goto("/compliance/ledger")
    await page.locator("form[action$='/compliance/ledger/verify'] button").first.click()
    await page.wait_for_url("**/compliance/ledger/checks/*")
    return page.url.rpartition("/")[2]


async def _statement(page: Page) -> str:
    """A month's statement, asked for as the officer asks, and made or refused."""
    await page.goto("/compliance/statement")
    await page.get_by_role("button", name="Make statement").click()
    await page.wait_for_url("**/compliance/statement/*")
    await page.get_by_role("heading", name="Check it offline").wait_for()
    return page.url.partition("?")[0].rpartition("/")[2]


def prepare(stack: Stack) -> dict[str, str]:
    """See to it that each list has something on it; what only some people find a link to.

    A client with an appointment, what crossed, what was held and kept, a match.
    """
    where = stack.facts["addresses"]
    author, officer = member("front@lmhg.test"), member("compliance@lmhg.test")
    with Reader(where["workspace"]) as front, Reader(where["workspace"]) as second:
        front.sign_in(author.email, author.password, author.totp_secret)
        second.sign_in(officer.email, officer.password, officer.totp_secret)
        name, client_id = _client(where["intakeq"], front)
        if not stack.layout.opened.exists():
            for step in OF_CLIENTS:
                put(stack, step)
        for body in ("All of Friday.", f"Ask {name} about it."):
            asked = _announce(front, body)
            second.fill(second.open(asked), "/approve", {})
        _announce(front, "This one waits for somebody to agree.")
        second.fill(
            second.open("/compliance/screening"),
            "/compliance/screening",
            {"term": f"Copier {time.time_ns()}", "reason": "The firm that mends our copiers."},
        )
        second.fill(second.open("/compliance/match"), "/compliance/match", {})
        with Reader(where["portal"]) as support:
            support.sign_in(SUPPORT.email, SUPPORT.password, SUPPORT.totp_secret)
            for body in ("It blinks.", f"{name} cannot print."):
                ticket = {
                    "subject": "Printer",
                    "body": body,
                    "category": "computer",
                    "urgency": "normal",
                }
                support.fill(support.open("/tickets/new"), "/tickets/new", ticket)
            wait_until(lambda: TITLE in support.open("/announcements").text, "the announcement")
            wait_until(lambda: HANDBOOK in support.open("/library").text, "the handbook")
        wait_until(lambda: name in unescape(second.open("/kept-texts").text), "the blocked message")
        wait_until(lambda: MATCHED in second.open("/compliance/match").text, "the match")
    return {"client_id": client_id}


def _client(simulator: str, front: Reader) -> tuple[str, str]:
    """Someone new at IntakeQ with an appointment, known to the gateway; name and id."""
    with httpx.Client(base_url=simulator, timeout=20) as intakeq:
        made = (
            intakeq.post("/_sim/intakes", json={"copies": 1, "risk": 1}).raise_for_status().json()
        )
        noon = datetime.now(PRACTICE).replace(hour=12, minute=0, second=0, microsecond=0)
        booking = {"client_id": made["client_id"], "copies": 1, "start": noon.isoformat()}
        intakeq.post("/_sim/appointments", json=booking).raise_for_status()
        rows = intakeq.get("/_sim/objects/client").raise_for_status().json()
    name = next(row["Name"] for row in rows if row["ClientId"] == made["client_id"])
    for path, what in (("/clients", "the client"), ("/appointments", "the appointment")):
        wait_until(partial(_says, front, path, name), what, limit_s=PULL_LIMIT_S)
    client = re.search(rf"/clients/{UUID}", front.open("/clients").text)
    if client is None:
        message = "the list of clients links to none"
        raise StackError(message)
    page = front.open(f"{client.group()}/referrals/new")
    today = datetime.now(PRACTICE).date().isoformat()
    said = {
        "channel": "phone",
        "source_category": "self",
        "concern_code": "other",
        "urgency": "soon",
    }
    another = {"why_another": "new_concern"}
    front.fill(
        page,
        "/referrals",
        {"received_on": today, "concern": "Sleeps badly.", **said, **another},
    )
    return name, client.group().rpartition("/")[2]


def _says(reader: Reader, path: str, name: str) -> bool:
    return name in unescape(reader.open(path).text)


def _announce(front: Reader, body: str) -> str:
    """An announcement that is asked for; its address."""
    page = front.open("/announcements/new")
    made = front.fill(page, "/announcements", {"title": TITLE, "body": body})
    front.fill(made, "/propose", {"reason": "everybody should know"})
    return made.url.path
