"""The officer's morning page, and the feature with the handlers of every other page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, get

from lmhg_contracts.registry import POLICY_REVISION
from lmhg_gateway.features.compliance import (
    cloud_pages,
    exemption_pages,
    exemption_repository,
    exemption_views,
    held_pages,
    incident_pages,
    incident_repository,
    repository,
    watch_pages,
    watch_repository,
    watch_views,
)
from lmhg_gateway.features.compliance.exemption_rules import RECALL_LATE, RECALL_WATCHED, SOON
from lmhg_gateway.features.compliance.rules import headline
from lmhg_gateway.features.deliveries import public as deliveries
from lmhg_gateway.features.ledger_review.public import ledger_head, newest_check
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.web.points import RedLine, StatusLine
from lmhg_gateway.web.state import SETTINGS
from lmhg_kit.clock import utc_now
from lmhg_kit.http.access import needs
from lmhg_kit.http.delays import late_rows, standing_delays
from lmhg_kit.http.page import page
from lmhg_kit.http.state import FEATURES
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession

AnyRequest = Request[Any, Any, Any]
LEDGERS = ("relay", "access")


@get("/compliance", opt=needs("compliance.read"), include_in_schema=False)
async def overview(request: AnyRequest) -> Response[str]:
    """What is red, what waits, and what was last proven."""
    now, site, features = utc_now(), SETTINGS.of(request).site, FEATURES.of(request)
    async with reading(request, "compliance.overview") as tx:
        found, matching = await watch_repository.matches(tx)
        context: dict[str, Any] = {
            "counts": await repository.counts(tx),
            "intake": await deliveries.intake_status(tx),
            "requests": exemption_views.request_rows(
                await repository.open_requests(tx), await staff_names(tx)
            ),
            "ending": await exemption_repository.ending_count(tx, until=now + SOON),
            "head": (await ledger_head(tx))[0],
            "match": watch_views.match_row(found[0]) if found else None,
            "matching": matching,
            "sweep": await watch_repository.newest_sweep(tx),
            "lines": [await each.find(tx, now) for each in features.contributions(StatusLine)],
            "witness": await watch_pages.witness_state(tx, site=site, at=now),
            "checks": [check for each in LEDGERS if (check := await newest_check(tx, each))],
        }
        context["delays"] = await standing_delays(tx)
        context["late"], context["late_count"] = await late_rows(tx, context["delays"])
        context["red"] = await _red(
            tx, context, at=now, contributed=features.contributions(RedLine)
        )
        context["headline"] = headline(len(context["red"]), context["counts"]["incidents"])
    context["intake_held"] = deliveries.held_lines(context["intake"])
    context["intake_pause"] = deliveries.pause_words(context["intake"])
    return await page(request, "compliance/overview.html", policy=POLICY_REVISION, **context)


def _red_witness(rows: Sequence[watch_views.WitnessRow]) -> list[tuple[str, str]]:
    """What the other side says it has witnessed, where that is not what is here."""
    said = {
        "Entries are missing from a ledger: the portal has witnessed more than is here.": any(
            row.missing for row in rows
        ),
        "A restore of the office's database is not finished.": any(
            row.unsettled_at for row in rows
        ),
        "A ledger is not witnessed up to now.": any(row.late for row in rows),
    }
    return [(words, "/compliance/witness") for words, is_so in said.items() if is_so]


async def _red(
    tx: ReadSession, context: dict[str, Any], *, at: datetime, contributed: Sequence[RedLine]
) -> list[tuple[str, str]]:
    """What cannot wait: a sentence and the page where it is seen to."""
    alarms = watch_views.alarm_rows(await watch_repository.alarms(tx))
    red = [(alarm.means, "/compliance/witness") for alarm in alarms]
    red += [(delay.means, "#h-crossing") for delay in context["delays"]]
    since, before = at - RECALL_WATCHED, at - RECALL_LATE
    if await exemption_repository.late_recalls(tx, since=since, before=before):
        said = (
            "Something that was withdrawn is not confirmed gone; it may still be read in the cloud."
        )
        red.append((said, "/compliance/witness"))
    red += [
        (
            f"The {check.ledger} ledger was not sound when it was last verified.",
            "/compliance/ledger",
        )
        for check in context["checks"]
        if check.is_sound is False
    ]
    red += _red_witness(context["witness"])
    for code, said in OPEN_IS_RED.items():
        if await incident_repository.has_open(tx, code):
            red.append((said, f"/compliance/incidents?code={code}"))
    if context["match"] is not None and context["match"].label_kind == "bad":
        red.append(("The last three-way match found a difference.", "/compliance/match"))
    sweep = context["sweep"]
    if watch_views.is_sweep_late(sweep, at=at):
        said = "No canary sweep has ever run." if sweep is None else "The canary sweep is late."
        red.append((said, "/compliance/sweeps"))
    if sweep is not None and sweep.findings:
        red.append(("The last canary sweep found something.", "/compliance/sweeps"))
    elif await incident_repository.has_open(tx, "canary_found"):
        said = "A canary sweep found something, and its incident is still open."
        red.append((said, "/compliance/incidents?code=canary_found"))
    red += [(said, "/compliance#intake") for said in deliveries.red_lines(context["intake"])]
    for each in contributed:
        red += await each.find(tx, at)
    return red


OPEN_IS_RED = {
    "ledger_not_sound": "A ledger was not what was signed, and its incident is still open.",
    "plane_restored": "One side was restored from a backup, and the incident is still open.",
    "portal_alarm": "The portal's side raised an alarm, and the incident is still open.",
}
"""Incidents that keep the morning page red for as long as they are open."""
PARTS = (held_pages, exemption_pages, cloud_pages, incident_pages, watch_pages)
WAYS = (
    ("Relay ledger", "ledger"),
    ("Access log", "access"),
    ("Held records", "held"),
    ("Exemptions", "exemptions"),
    ("What is in the cloud", "cloud"),
    ("Incidents", "incidents"),
    ("Three-way match", "match"),
    ("Canary sweeps", "sweeps"),
    ("Witness", "witness"),
    ("Weekly packets", "packets"),
    ("Monthly statement", "statement"),
    ("Screening", "screening"),
)
"""Pages of compliance that the search finds by these words."""
