"""Pages of compliance: what crossed, what was refused, what waits, and whether it can be proven."""

import uuid
from pathlib import Path
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_contracts.registry import POLICY_REVISION
from lmhg_gateway.features.compliance import repository, service, views
from lmhg_gateway.features.compliance.forms import CloseIncident, HeldDecision
from lmhg_gateway.features.compliance.public import withdraw
from lmhg_gateway.features.ledger_review.public import ledger_head
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.clock import utc_now
from lmhg_kit.http.access import needs
from lmhg_kit.http.feature import Feature, NavItem
from lmhg_kit.http.forms import fill, query_of, read_form
from lmhg_kit.http.page import go, page
from lmhg_kit.http.work import actor_of, reading, writing

AnyRequest = Request[Any, Any, Any]


@get("/compliance", opt=needs("compliance.read"), include_in_schema=False)
async def overview(request: AnyRequest) -> Response[str]:
    """What waits for the officer, and whether planes and ledger agree."""
    async with reading(request, "compliance.overview") as tx:
        context: dict[str, Any] = {
            "counts": await repository.counts(tx),
            "requests": views.request_rows(
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


@get("/compliance/held", opt=needs("compliance.read"), include_in_schema=False)
async def held(request: AnyRequest) -> Response[str]:
    """Records that screening held, by what became of them."""
    asked = query_of(request).get("outcome", "waiting")
    outcome = asked if asked in {"waiting", "cleared", "kept"} else "waiting"
    async with reading(request, "compliance.held") as tx:
        found = await repository.held_records(tx, outcome=outcome)
        rows = views.held_rows(found, await staff_names(tx))
    return await page(request, "compliance/held.html", rows=rows, outcome=outcome)


@post("/compliance/held/{held_id:uuid}", opt=needs("compliance.decide"), include_in_schema=False)
async def decide_held(request: AnyRequest, held_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Clear a held record, or keep it here."""
    decision = fill(HeldDecision, await read_form(request)).result()
    async with writing(request, "held.decide") as tx:
        await service.decide_held(
            tx, held_id, outcome=decision.outcome, by=actor_of(request).id, at=utc_now()
        )
    return go(request, "/compliance/held", notice=f"held.{decision.outcome}")


@get("/compliance/exemptions", opt=needs("compliance.read"), include_in_schema=False)
async def exemptions(request: AnyRequest) -> Response[str]:
    """Open requests, exemptions of single records, and standing approvals."""
    async with reading(request, "compliance.exemptions") as tx:
        names = await staff_names(tx)
        requests = views.request_rows(await repository.open_requests(tx), names)
        single = views.exemption_rows(await repository.exemptions(tx, standing=False), names)
        standing = views.exemption_rows(await repository.exemptions(tx, standing=True), names)
    return await page(
        request, "compliance/exemptions.html", requests=requests, single=single, standing=standing
    )


@post(
    "/compliance/exemptions/{exemption_id:uuid}/withdraw",
    opt=needs("exemptions.withdraw"),
    include_in_schema=False,
)
async def withdraw_exemption(
    request: AnyRequest, exemption_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Take an exemption back."""
    async with writing(request, "exemption.withdraw") as tx:
        await withdraw(tx, exemption_id, by=actor_of(request).id, at=utc_now())
    return go(request, "/compliance/exemptions", notice="exemption.withdrawn")


@get("/compliance/incidents", opt=needs("compliance.read"), include_in_schema=False)
async def incidents(request: AnyRequest) -> Response[str]:
    """Incidents, open or closed."""
    is_open = query_of(request).get("state", "open") != "closed"
    async with reading(request, "compliance.incidents") as tx:
        found = await repository.incidents(tx, is_open=is_open)
        rows = views.incident_rows(found, await staff_names(tx))
    return await page(request, "compliance/incidents.html", rows=rows, is_open=is_open)


@post(
    "/compliance/incidents/{incident_id:uuid}/close",
    opt=needs("compliance.decide"),
    include_in_schema=False,
)
async def close_incident(request: AnyRequest, incident_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Close an incident with a note."""
    form = fill(CloseIncident, await read_form(request)).result()
    async with writing(request, "incident.close") as tx:
        await service.close_incident(
            tx, incident_id, note=form.note, by=actor_of(request).id, at=utc_now()
        )
    return go(request, "/compliance/incidents", notice="incident.closed")


COMPLIANCE = Feature(
    name="compliance",
    handlers=(
        overview,
        ask_match,
        held,
        decide_held,
        exemptions,
        withdraw_exemption,
        incidents,
        close_incident,
    ),
    nav=(
        NavItem(
            label="Compliance",
            path="/compliance",
            icon="shield",
            permission="compliance.read",
            order=60,
        ),
    ),
    notices={
        "match.asked": "The match is running; its result appears here in a moment.",
        "held.cleared": "Cleared. The record is on its way.",
        "held.kept": "The record stays here.",
        "exemption.withdrawn": "Withdrawn. The recall is on its way, and its progress is shown here.",
        "incident.closed": "The incident is closed with your note.",
    },
    messages={
        "same_person": "Whoever asks cannot also approve. A second person has to look at it.",
        "hold_stands": "Only a compliance officer decides about a held record. Nothing was changed.",
        "held_decided": "Somebody decided about this record while you were looking at it.",
        "held_changed": "The record changed since it was held. Its newest text is screened by itself.",
        "incident_closed": "Somebody closed this incident while you were looking at it.",
        "exemption_withdrawn": "This exemption is withdrawn already.",
        "checkpoint_missing": "The ledger has no signed checkpoint yet. The relay writes the first"
        " one with its first entry.",
        "ledger_keys_missing": "The published ledger keys are not where the settings say.",
    },
    templates=Path(__file__).parent / "templates",
)
