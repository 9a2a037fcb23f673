"""Pages of a batch: what it lists, what can't be reached, asking, deciding, and its certificate."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_gateway.features.access_log.public import entry_about
from lmhg_gateway.features.clients.public import shown_name, with_ids
from lmhg_gateway.features.retention import (
    batches,
    carrying_out,
    certificate_views,
    repository,
    views,
)
from lmhg_gateway.features.retention.certificate import GONE, read_certificate, sha256_of
from lmhg_gateway.features.retention.forms import AskForm, LeaveOutForm, ProofForm, VerdictForm
from lmhg_gateway.features.retention.models import DisposalBatch, DisposalItem
from lmhg_gateway.features.retention.morning_page import PATH
from lmhg_gateway.features.retention.pages import (
    ASK,
    DECIDE,
    READ,
    overview,
    titles_of,
)
from lmhg_gateway.features.retention.rules import (
    LEFT_OUT,
    ItemState,
    State,
    digest_of,
    gone_from_backups,
)
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.web.state import SETTINGS
from lmhg_kit.http.access import needs
from lmhg_kit.http.downloads import attachment
from lmhg_kit.http.faces import Ask, Context, Done, acts, face_of, shows
from lmhg_kit.http.forms import fill, read_form
from lmhg_kit.http.work import reading
from lmhg_kit.loops import Apart
from lmhg_kit.persistence import ReadSession, WriteSession

AnyRequest = Request[Any, Any, Any]
BATCHES = f"{PATH}/batches"
ONE = f"{BATCHES}/{{batch_id:uuid}}"


class BatchOnPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a batch's page has fields for, in all its forms together."""

    why: str = ""
    left_out_why: str = ""
    record_id: str = ""


@acts(BATCHES, ASK, purpose="disposal.propose", back=overview)
async def propose_batch(tx: WriteSession, ask: Ask[Any]) -> Done:
    """Look now for what is due."""
    apart = Apart("propose_disposals")
    made = await batches.propose(tx, ask.practice, by=ask.by, apart=apart)
    return (
        Done(f"{BATCHES}/{made.id}", "disposal.proposed")
        if made
        else Done(PATH, "disposal.nothing")
    )


@shows(ONE, READ, template="retention/batch.html", purpose="disposal.view", form=BatchOnPage)
async def batch_page(tx: ReadSession, ask: Ask[BatchOnPage], batch_id: uuid.UUID) -> Context:
    """One batch: its records with the reason of each, what it can't reach, and what comes next."""
    batch, items, names, counts, rows, files, kept = await tx.together(
        batches.view(tx, batch_id),
        repository.items(tx, batch_id),
        staff_names(tx),
        repository.item_counts(tx, [batch_id]),
        repository.counts(tx, batch_id),
        repository.file_count(tx, batch_id),
        repository.certificate(tx, batch_id),
    )
    clients, in_intakeq = await _people(tx, items)
    titles, days = titles_of(ask.request), SETTINGS.of(ask.request).backup_days
    is_done = batch.state == State.DONE
    known_id = ask.form.values.get("record_id", "")
    return {
        "row": views.batch_row(batch, counts, names),
        "rows": [views.item_row(each, clients, titles, in_intakeq=in_intakeq) for each in items],
        "counts": views.rows_words(rows),
        "files": files,
        "in_intakeq": len(in_intakeq),
        "backup_days": days,
        "backups_until": read_certificate(kept.body).backups_until
        if kept
        else gone_from_backups(ask.at, days=days, practice=ask.practice),
        "is_proposed": batch.state == State.PROPOSED,
        "is_asked": batch.state == State.ASKED,
        "is_done": is_done,
        "is_open": batch.state in (State.PROPOSED, State.ASKED),
        "is_own": str(batch.asked_by) == ask.by,
        "may_ask": ask.may(ASK),
        "may_decide": ask.may(DECIDE),
        "reasons": [(each.value, said) for each, said in LEFT_OUT.items()],
        "sha256": sha256_of(kept.body) if kept else "",
        "was_in": _was_in(batch, {each.digest for each in items if each.state in GONE}, known_id),
    }


async def _people(
    tx: ReadSession, items: Sequence[DisposalItem]
) -> tuple[Mapping[uuid.UUID, str], frozenset[uuid.UUID]]:
    """The names of those that are still there, and who of those listed is in IntakeQ too."""
    named = [each.client_id for each in items if each.client_id]
    listed = {each.client_id for each in items if each.state == ItemState.LISTED}
    if not named:
        return {}, frozenset()
    found = await with_ids(tx, named)
    return (
        {each.id: shown_name(each) for each in found},
        frozenset(each.id for each in found if each.id in listed and each.intakeq_number),
    )


def _was_in(batch: DisposalBatch, digests: set[str | None], record_id: str) -> str:
    """Whether a record whose id someone knows is one of those that are gone."""
    if not record_id:
        return ""
    is_in = digest_of(batch.salt, record_id.strip().lower()) in digests
    return "Yes: this record was disposed of in this batch." if is_in else "No: not in this batch."


@acts(
    f"{ONE}/items/{{item_id:uuid}}/leave-out",
    READ,
    purpose="disposal.leave_out",
    form=LeaveOutForm,
    back=batch_page,
)
async def leave_out(
    tx: WriteSession,
    ask: Ask[LeaveOutForm],
    data: LeaveOutForm,
    batch_id: uuid.UUID,
    item_id: uuid.UUID,
) -> Done:
    """Take a record out."""
    await batches.leave_out(tx, batch_id, item_id, data.left_out_why, by=ask.by, at=ask.at)
    return Done(f"{BATCHES}/{batch_id}", "disposal.left_out")


@acts(f"{ONE}/ask", ASK, purpose="disposal.ask", form=AskForm, back=batch_page, fresh=True)
async def ask_batch(
    tx: WriteSession, ask: Ask[AskForm], data: AskForm, batch_id: uuid.UUID
) -> Done:
    """Ask that it is disposed of."""
    await batches.ask(tx, batch_id, data.why, by=ask.by, at=ask.at)
    return Done(f"{BATCHES}/{batch_id}", "disposal.asked")


@acts(
    f"{ONE}/decide", READ, purpose="disposal.decide", form=VerdictForm, back=batch_page, fresh=True
)
async def decide_batch(
    tx: WriteSession, ask: Ask[VerdictForm], data: VerdictForm, batch_id: uuid.UUID
) -> Done:
    """Decline as a second person, or cancel."""
    made = await batches.decide(tx, batch_id, data.verdict, by=ask.by, at=ask.at)
    return Done(f"{BATCHES}/{batch_id}", f"disposal.{made.state}")


@acts(f"{ONE}/approve", DECIDE, purpose="disposal.decide", back=batch_page, fresh=True)
async def approve_batch(tx: WriteSession, ask: Ask[Any], batch_id: uuid.UUID) -> Done:
    """Approve as a second person."""
    await batches.decide(tx, batch_id, State.APPROVED.value, by=ask.by, at=ask.at)
    return Done(f"{BATCHES}/{batch_id}", "disposal.approved")


@post(f"{ONE}/proof", opt=needs(READ), status_code=200, include_in_schema=False)
async def prove(request: AnyRequest, batch_id: FromPath[uuid.UUID]) -> Response[Any]:
    """The batch's page, with whether a record was in it; the id is in no address."""
    del batch_id
    form = fill(ProofForm, await read_form(request))
    return await face_of(batch_page).render(request, form=form, status=422 if form.errors else 200)


@get(f"{ONE}/certificate", opt=needs(READ), include_in_schema=False)
async def certificate_file(request: AnyRequest, batch_id: FromPath[uuid.UUID]) -> Response[Any]:
    """The certificate as it was kept when the batch was done."""
    async with reading(request, "disposal.certificate") as tx:
        batch = await batches.view(tx, batch_id)
        body = await carrying_out.certificate(tx, batch_id)
    name = f"disposal-{batch.done_at:%Y-%m-%d}-{str(batch_id)[:8]}.json"
    return Response(body, media_type="application/json", headers=attachment(name))


@shows(
    f"{ONE}/certificate/print",
    READ,
    template="retention/certificate.html",
    purpose="disposal.certificate",
    form=BatchOnPage,
)
async def certificate_page(tx: ReadSession, ask: Ask[BatchOnPage], batch_id: uuid.UUID) -> Context:
    """The certificate on one plain page, and whether the ledger has its hash."""
    await batches.view(tx, batch_id)
    body, entry = await tx.together(
        carrying_out.certificate(tx, batch_id),
        entry_about(tx, act="disposal.certificate", record_id=batch_id),
    )
    return {
        "batch_id": batch_id,
        **certificate_views.facts(body, titles_of(ask.request), entry=entry, practice=ask.practice),
    }


BATCH_PAGES = (
    propose_batch,
    batch_page,
    leave_out,
    ask_batch,
    decide_batch,
    approve_batch,
    prove,
    certificate_file,
    certificate_page,
)
