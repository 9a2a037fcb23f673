"""The officer's morning page: what is red, what waits, and what was last proven."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, get

from lmhg_contracts.registry import POLICY_REVISION
from lmhg_gateway.features.deliveries import public as deliveries
from lmhg_gateway.features.incidents.public import has_open, open_count
from lmhg_gateway.features.ledger_review.public import ledger_head, newest_check
from lmhg_gateway.features.oversight import watch_pages, watch_repository, watch_views
from lmhg_gateway.features.oversight.incident_codes import CANARY_FOUND
from lmhg_gateway.features.oversight.models import CanarySweep
from lmhg_gateway.features.oversight.rules import headline
from lmhg_gateway.web.points import (
    AskedOften,
    IncidentCode,
    MorningCard,
    MorningStats,
    RedLine,
    Said,
    Stat,
    StatusLine,
)
from lmhg_gateway.web.state import SETTINGS
from lmhg_kit.clock import utc_now
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.access import needs
from lmhg_kit.http.delay_words import late_rows, standing_delays
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
    async with reading(request, "compliance.overview", whole=True) as tx:
        found, matching = await watch_repository.matches(tx)
        sweep = await watch_repository.newest_sweep(tx)
        context: dict[str, Any] = {
            "stats": await _stats(tx, features, at=now),
            "cards": [(each, await each.load(tx)) for each in features.contributions(MorningCard)],
            "asked": sorted(features.contributions(AskedOften), key=lambda each: each.order),
            "incidents": await open_count(tx),
            "intake": await deliveries.intake_status(tx),
            "head": (await ledger_head(tx))[0],
            "match": watch_views.match_row(found[0]) if found else None,
            "matching": matching,
            "sweep": sweep,
            "sweep_due": await watch_pages.sweep_state(tx, sweep, at=now),
            "lines": [await each.find(tx, now) for each in features.contributions(StatusLine)],
            "witness": await watch_pages.witness_state(tx, site=site, at=now),
            "checks": [check for each in LEDGERS if (check := await newest_check(tx, each))],
        }
        context["delays"] = await standing_delays(tx)
        context["late"], context["late_count"] = await late_rows(tx, context["delays"])
        context["red"] = await _red(tx, context, features, at=now)
    context["headline"] = headline(len(context["red"]), context["incidents"])
    context["intake_held"] = deliveries.reasons(context["intake"].held)
    context["intake_pause"] = deliveries.pause_words(context["intake"])
    return await page(request, "oversight/overview.html", policy=POLICY_REVISION, **context)


async def _stats(tx: ReadSession, features: FeatureSet, *, at: datetime) -> list[Stat]:
    """What each feature counts here."""
    return [
        stat for each in features.contributions(MorningStats) for stat in await each.find(tx, at)
    ]


def _red_witness(rows: Sequence[watch_views.WitnessRow]) -> list[Said]:
    """What the other side says it has witnessed, where that is not what is here."""
    said = {
        "Entries are missing from a ledger. The portal confirmed more than are here.": any(
            row.missing for row in rows
        ),
        "A restore of the office's database is not finished.": any(
            row.unsettled_at for row in rows
        ),
        "A ledger is not confirmed up to now.": any(row.late for row in rows),
    }
    return [Said(words, "/compliance/witness") for words, is_so in said.items() if is_so]


async def _red(
    tx: ReadSession, context: dict[str, Any], features: FeatureSet, *, at: datetime
) -> list[Said]:
    """What cannot wait: a sentence and the page where it is seen to."""
    alarms = watch_views.alarm_rows(await watch_repository.alarms(tx))
    red = [Said(alarm.means, "/compliance/witness") for alarm in alarms]
    red += [Said(delay.means, "#h-crossing") for delay in context["delays"]]
    red += _red_witness(context["witness"])
    red += await _red_incidents(tx, features.declared(IncidentCode))
    if context["match"] is not None and context["match"].label_kind == "bad":
        red.append(Said("The last three-way match found a difference.", "/compliance/match"))
    red += await _red_sweeps(tx, context["sweep"], due=context["sweep_due"])
    red += deliveries.red_lines(context["intake"])
    for each in features.contributions(RedLine):
        red += await each.find(tx, at)
    return red


async def _red_incidents(tx: ReadSession, codes: Iterable[IncidentCode]) -> list[Said]:
    """Incidents that keep the page red for as long as they are open."""
    return [
        Said(each.red, f"/compliance/incidents?code={each.code}")
        for each in codes
        if each.red and await has_open(tx, each)
    ]


async def _red_sweeps(
    tx: ReadSession, sweep: CanarySweep | None, *, due: watch_views.SweepDue
) -> list[Said]:
    """A sweep that is late, or found something that is not settled."""
    red: list[Said] = []
    if due.is_late:
        said = "The first leak check is late." if due.is_first else "The leak check is late."
        red.append(Said(said, "/compliance/sweeps"))
    if sweep is not None and sweep.findings:
        red.append(Said("The last leak check found something.", "/compliance/sweeps"))
    elif await has_open(tx, CANARY_FOUND):
        said = "A leak check found something, and its incident is still open."
        red.append(Said(said, "/compliance/incidents?code=canary_found"))
    return red
