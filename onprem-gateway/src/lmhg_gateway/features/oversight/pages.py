"""The officer's morning page: what is red, what waits, and what was last proven."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get

from lmhg_contracts.registry import POLICY_REVISION
from lmhg_gateway.features.deliveries import public as deliveries
from lmhg_gateway.features.incidents.public import open_count
from lmhg_gateway.features.ledger_review.public import ledger_head, newest_check
from lmhg_gateway.features.oversight import watch_pages, watch_repository, watch_views
from lmhg_gateway.features.oversight.red_lines import headline, red_lines
from lmhg_gateway.web.points import (
    AskedOften,
    MorningCard,
    MorningStats,
    Stat,
    StatusLine,
)
from lmhg_gateway.web.state import SETTINGS
from lmhg_kit.clock import utc_now
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.access import needs
from lmhg_kit.http.delay_words import late_rows, open_delays
from lmhg_kit.http.page import page
from lmhg_kit.http.state import FEATURES
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]
LEDGERS = ("relay", "access")


@get("/compliance", opt=needs("compliance.read"), include_in_schema=False)
async def overview(request: AnyRequest) -> Response[str]:
    """What is red, what waits, and what was last proven."""
    now = utc_now().astimezone(PRACTICE.of(request).zone)
    site, features = SETTINGS.of(request).site, FEATURES.of(request)
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
        context["delays"] = await open_delays(tx)
        context["late"], context["late_count"] = await late_rows(tx, context["delays"])
        context["red"] = await red_lines(tx, context, features, at=now)
    context["headline"] = headline(len(context["red"]), context["incidents"])
    context["intake_held"] = deliveries.reasons(context["intake"].held)
    context["intake_pause"] = deliveries.pause_words(context["intake"])
    return await page(request, "oversight/overview.html", policy=POLICY_REVISION, **context)


async def _stats(tx: ReadSession, features: FeatureSet, *, at: datetime) -> list[Stat]:
    """What each feature counts here."""
    return [
        stat for each in features.contributions(MorningStats) for stat in await each.find(tx, at)
    ]
