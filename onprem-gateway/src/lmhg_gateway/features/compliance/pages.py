"""Pages of compliance: the officer's morning, and the handlers of every other page."""

from pathlib import Path
from typing import Any

from litestar import Request, Response, get, post

from lmhg_contracts.registry import POLICY_REVISION
from lmhg_gateway.features.compliance import (
    cloud_pages,
    exemption_pages,
    exemption_views,
    held_pages,
    incident_pages,
    repository,
    views,
)
from lmhg_gateway.features.compliance.public import waiting_notes
from lmhg_gateway.features.ledger_review.public import ledger_head
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.http.access import needs
from lmhg_kit.http.feature import Feature, NavItem, NoteProvider
from lmhg_kit.http.page import go, page
from lmhg_kit.http.work import actor_of, reading, writing

AnyRequest = Request[Any, Any, Any]


@get("/compliance", opt=needs("compliance.read"), include_in_schema=False)
async def overview(request: AnyRequest) -> Response[str]:
    """What waits for the officer, and whether planes and ledger agree."""
    async with reading(request, "compliance.overview") as tx:
        context: dict[str, Any] = {
            "counts": await repository.counts(tx),
            "requests": exemption_views.request_rows(
                await repository.open_requests(tx), await staff_names(tx)
            ),
            "alarms": await repository.alarms(tx),
            "cosignatures": await repository.cosignatures(tx),
            "head": (await ledger_head(tx))[0],
        }
        matches, context["matching"] = await repository.matches(tx)
        context["matches"] = views.match_rows(matches)
    return await page(request, "compliance/overview.html", policy=POLICY_REVISION, **context)


@post("/compliance/match", opt=needs("compliance.read"), include_in_schema=False)
async def ask_match(request: AnyRequest) -> Response[Any]:
    """Ask the relay to compare ledger, receipts and replica."""
    async with writing(request, "match.request") as tx:
        await repository.ask_match(tx, by=actor_of(request).id)
    return go(request, "/compliance", notice="match.asked")


PARTS = (held_pages, exemption_pages, cloud_pages, incident_pages)
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

COMPLIANCE = Feature(
    name="compliance",
    handlers=(overview, ask_match, *(each for part in PARTS for each in part.HANDLERS)),
    nav=(
        NavItem(
            label="Compliance",
            path="/compliance",
            icon="shield",
            permission="compliance.read",
            order=60,
        ),
    ),
    ways=tuple(
        NavItem(
            label=label, path=f"/compliance/{path}", icon="shield", permission="compliance.read"
        )
        for label, path in WAYS
    ),
    notes=(NoteProvider(permission="compliance.read", find=waiting_notes),),
    notices={
        "match.asked": "The match is running; its result appears here in a moment.",
        **{code: said for part in PARTS for code, said in part.NOTICES.items()},
    },
    messages={
        "checkpoint_missing": "The ledger has no signed checkpoint yet. The relay writes the first"
        " one with its first entry.",
        "ledger_keys_missing": "The published ledger keys are not where the settings say.",
        **{code: said for part in PARTS for code, said in part.MESSAGES.items()},
    },
    templates=Path(__file__).parent / "templates",
)
