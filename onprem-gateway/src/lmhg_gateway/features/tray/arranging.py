"""Pages of papers: turned, moved, split into several papers, joined into one, and put back as they were.

Every step is one pure rule over where the pages are; what it changed is kept with it, and taking it back puts
exactly these pages where they were, as long as nobody touched them since.
"""

import asyncio
import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime

from lmhg_gateway.features.tray import repository, rules
from lmhg_gateway.features.tray.guess import about
from lmhg_gateway.features.tray.models import Paper, PaperStep
from lmhg_gateway.features.tray.rules import Act, Spot, State
from lmhg_gateway.features.tray.service import record_step, say_guess
from lmhg_kit.clock import new_id
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import WriteSession
from lmhg_kit.practice import Practice

Change = Callable[[Sequence[Spot]], Sequence[Spot]]


async def turn(
    tx: WriteSession, paper_id: uuid.UUID, page_id: uuid.UUID, *, by: str, at: datetime
) -> PaperStep | None:
    """Turn a page a quarter, clockwise. Raises: NotFound, Conflict."""
    return await _within(
        tx, paper_id, lambda spots: rules.turned(spots, page_id), act=Act.TURNED, by=by, at=at
    )


async def move(
    tx: WriteSession,
    paper_id: uuid.UUID,
    page_id: uuid.UUID,
    *,
    places: int,
    by: str,
    at: datetime,
) -> PaperStep | None:
    """Move a page within its paper; None where it is at the end already. Raises: NotFound, Conflict."""
    return await _within(
        tx,
        paper_id,
        lambda spots: rules.moved(spots, page_id, by=places),
        act=Act.MOVED,
        by=by,
        at=at,
    )


async def _within(
    tx: WriteSession, paper_id: uuid.UUID, change: Change, *, act: Act, by: str, at: datetime
) -> PaperStep | None:
    papers = await _loose(tx, [paper_id])
    spots = await repository.spots_of(tx, [paper_id])
    before, after = rules.changed(spots, change(spots))
    if not after:
        return None
    await _put(tx, papers, after)
    return await record_step(
        tx, paper_id, act, by=by, at=at, before=rules.packed(before), after=rules.packed(after)
    )


async def split(
    tx: WriteSession,
    paper_id: uuid.UUID,
    starts: Sequence[uuid.UUID],
    *,
    by: str,
    practice: Practice,
) -> PaperStep:
    """Split a paper where these pages begin. Raises: NotFound, Conflict, Invalid."""
    at, today = practice.clock(), practice.today()
    papers = await _loose(tx, [paper_id])
    paper = papers[paper_id]
    rules.check_open(paper.state)
    spots = await repository.spots_of(tx, [paper_id])
    new_ids = [new_id() for _ in starts]
    before, after = rules.changed(spots, rules.split(spots, starts, new_ids))
    used = {each.paper_id for each in after} - {paper_id}
    for number, made_id in enumerate((each for each in new_ids if each in used), 2):
        papers[made_id] = await _part(tx, paper, made_id, number=number)
    await _put(tx, papers, after)
    for made_id in used:
        await _guess(tx, papers[made_id], today=today)
    return await record_step(
        tx, paper_id, Act.SPLIT, by=by, at=at, before=rules.packed(before), after=rules.packed(after)
    )  # fmt: skip


async def _part(tx: WriteSession, paper: Paper, made_id: uuid.UUID, *, number: int) -> Paper:
    made = Paper(
        id=made_id,
        state=State.OPEN.value,
        came_at=paper.came_at,
        source=paper.source,
        page_count=0,
        owner_id=paper.owner_id,
    )
    made.title = f"{(paper.title or '')[:180]} (part {number})"
    await repository.add(tx, made)
    return made


async def _guess(tx: WriteSession, paper: Paper, *, today: date) -> None:
    """Say who a new part may be about, by the text of its own pages."""
    pages = await repository.pages_of(tx, [paper.id])
    texts = [each.text or "" for each in pages]
    found = await asyncio.to_thread(about, texts, today=today)
    if any(found):
        say_guess(paper, found)


async def join(
    tx: WriteSession, paper_id: uuid.UUID, others: Sequence[uuid.UUID], *, by: str, at: datetime
) -> PaperStep:
    """Put the pages of other papers behind those of this one. Raises: NotFound, Conflict, Invalid."""
    wanted = [each for each in dict.fromkeys(others) if each != paper_id]
    papers = await _loose(tx, [paper_id, *wanted])
    for each in papers.values():
        rules.check_open(each.state)
    spots = await repository.spots_of(tx, list(papers))
    of = {each: [spot for spot in spots if spot.paper_id == each] for each in papers}
    joined = rules.joined(of[paper_id], [of[each] for each in wanted])
    before, after = rules.changed(spots, joined)
    await _put(tx, papers, after)
    return await record_step(
        tx, paper_id, Act.JOINED, by=by, at=at, before=rules.packed(before), after=rules.packed(after)
    )  # fmt: skip


async def undo(
    tx: WriteSession, paper_id: uuid.UUID, step_id: uuid.UUID, *, by: str, at: datetime
) -> None:
    """Take a step with pages back, until someone went on with them. Raises: NotFound, Conflict."""
    step = await repository.step_by_id(tx, step_id)
    if step is None or step.paper_id != paper_id or step.before is None or step.after is None:
        raise NotFound("paper")
    if step.undone_at is not None:
        raise Conflict("paper_changed")
    before, after = rules.unpacked(step.before), rules.unpacked(step.after)
    papers = await _loose(tx, {each.paper_id for each in (*before, *after)} | {paper_id})
    now = await repository.spots_of(tx, list(papers))
    rules.check_undo(now, before=before, after=after)
    await _put(tx, papers, before)
    step.undone_at, step.undone_by = at, by


async def _loose(tx: WriteSession, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Paper]:
    """These papers, held, all of them in the tray. Raises: NotFound, Conflict."""
    papers = await repository.locked(tx, ids)
    if set(papers) != set(ids):
        raise NotFound("paper")
    for each in papers.values():
        rules.check_loose(each.state)
    return papers


async def _put(tx: WriteSession, papers: dict[uuid.UUID, Paper], spots: Sequence[Spot]) -> None:
    """Have pages be there; a paper without pages is no longer listed, one with pages is again."""
    await repository.put_spots(tx, spots)
    counts = dict.fromkeys(papers, 0)
    for each in await repository.spots_of(tx, list(papers)):
        counts[each.paper_id] += 1
    for paper_id, paper in papers.items():
        paper.page_count = counts[paper_id]
        paper.state = (State.OPEN if counts[paper_id] else State.EMPTY).value
    await tx.flush()
