"""Pages of compliance: what crossed, what was refused, what waits, and whether it can be proven."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from lmhg_contracts.registry import KINDS, POLICY_REVISION
from lmhg_gateway.features.compliance import repository, service, views
from lmhg_gateway.features.compliance.forms import CloseIncident, HeldDecision
from lmhg_gateway.features.compliance.public import withdraw
from lmhg_gateway.features.compliance.rules import DECISION_KINDS, LedgerFilter, entry_number
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.clock import utc_now
from lmhg_kit.http.access import needs
from lmhg_kit.http.feature import Feature, NavItem
from lmhg_kit.http.forms import fill, query_of, read_form
from lmhg_kit.http.lists import PAGE_SIZE, Slice, address
from lmhg_kit.http.page import go, page
from lmhg_kit.http.work import actor_of, database_of, reading, writing
from lmhg_kit.persistence.ledgers import export_spooled, proof_of

AnyRequest = Request[Any, Any, Any]
GATES = ("kind", "record", "field", "content")
EXPORT_TYPE = "application/octet-stream"
CHUNK = 256 * 1024


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
            "head": (await repository.ledger_head(tx))[0],
        }
        matches, context["matching"] = await repository.matches(tx)
        context["matches"] = views.match_rows(matches)
    return await page(request, "compliance/overview.html", policy=POLICY_REVISION, **context)


@get("/compliance/ledger", opt=needs("compliance.read"), include_in_schema=False)
async def ledger(request: AnyRequest) -> Response[str]:
    """The relay ledger, newest first, with its filters in the address."""
    return await _show_ledger(request)


@post(
    "/compliance/ledger/verify",
    opt=needs("compliance.read"),
    status_code=200,
    include_in_schema=False,
)
async def verify(request: AnyRequest) -> Response[str]:
    """Judge the whole ledger, as an outsider would."""
    settings = request.app.state["settings"]
    verdict = await service.verify_relay_ledger(
        database_of(request), keys=settings.peer_ledger_keys_file
    )
    async with writing(request, "ledger.verify") as tx:
        outcome = "sound" if verdict.is_sound else "not_sound"
        await tx.note("verify", kind="relay_ledger", outcome=outcome)
    return await _show_ledger(request, verdict=verdict)


@get("/compliance/ledger/export", opt=needs("compliance.export"), include_in_schema=False)
async def export(request: AnyRequest) -> Stream:
    """The ledger as a file for lmhg-verify."""
    async with writing(request, "ledger.export") as tx:
        await tx.note("export", kind="relay_ledger")
    source = await export_spooled(database_of(request), "relay")
    return Stream(
        _chunks(source),
        media_type=EXPORT_TYPE,
        headers=_attachment(f"relay-{utc_now():%Y%m%d-%H%M%S}.lmhg-ledger"),
    )


@get("/compliance/ledger/{n:int}/proof", opt=needs("compliance.export"), include_in_schema=False)
async def proof(request: AnyRequest, n: FromPath[int]) -> Response[str]:
    """One entry with its proof, for lmhg-verify."""
    async with writing(request, "ledger.proof") as tx:
        await tx.note("export", kind="relay_ledger")
    found = await proof_of(database_of(request), "relay", n)
    return Response(
        found.to_text(), media_type="text/plain", headers=_attachment(f"relay-{n}.tlog-proof")
    )


def _attachment(name: str) -> dict[str, str]:
    return {"content-disposition": f"attachment; filename={name}"}


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    """A file piece by piece; it is closed at its end."""
    with source:
        while piece := source.read(CHUNK):
            yield piece


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


async def _show_ledger(request: AnyRequest, *, verdict: Any = None) -> Response[str]:  # noqa: ANN401 - shown as it is
    query = query_of(request)
    wanted = LedgerFilter(
        **{name: query.get(name, "")[:64] for name in LedgerFilter.__dataclass_fields__}
    )
    async with reading(request, "compliance.ledger") as tx:
        size, checkpoint = await repository.ledger_head(tx)
        before = entry_number(wanted.before)
        start = size if before is None else before
        found = await repository.ledger_page(tx, wanted, before=start)
        await tx.note("read", kind="relay_ledger")
    rows = views.ledger_rows(found[:PAGE_SIZE])
    return await page(
        request,
        "compliance/ledger.html",
        rows=rows,
        size=size,
        checkpoint=checkpoint,
        verdict=verdict,
        wanted=wanted,
        slice=_slice(rows, wanted=wanted, size=size, more=len(found) > PAGE_SIZE),
        decisions=sorted(DECISION_KINDS),
        gates=GATES,
        kinds=sorted(KINDS),
    )


def _slice(rows: list[views.LedgerRow], *, wanted: LedgerFilter, size: int, more: bool) -> Slice:
    path, query = "/compliance/ledger", wanted.query()
    return Slice(
        first=rows[0].n if rows else 0,
        last=rows[-1].n if rows else 0,
        total=size if wanted.is_empty else None,
        newer=address(path, query) if wanted.before else "",
        older=address(path, query, before=rows[-1].n) if more else "",
    )


COMPLIANCE = Feature(
    name="compliance",
    handlers=(
        overview,
        ledger,
        verify,
        export,
        proof,
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
