"""Papers as pages show them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lmhg_gateway.features.documents.public import SAID, size_words
from lmhg_gateway.features.tray.listed import PaperRow
from lmhg_gateway.features.tray.models import Paper, PaperFile, PaperPage, PaperStep
from lmhg_gateway.features.tray.rules import (
    ASIDE_WORDS,
    LYING_ELSEWHERE,
    SOURCE_WORDS,
    Act,
    Aside,
    FileState,
    Source,
    State,
    back_until,
)
from lmhg_gateway.features.tray.service import born_of
from lmhg_kit.ui.environment import count_of
from lmhg_kit.ui.formats import long_day

REFUSED: Mapping[str, str] = {
    **SAID,
    "type_unknown": "We can't take this type of file. Send a PDF or a photo.",
    "paper_type": "The tray takes PDFs, photos and faxes. Add other files on the client's page.",
    "paper_broken": "This file is damaged. Print or scan it again, and send that.",
    "paper_locked": "This PDF has a password. Open it, save it without one, and send that.",
    "paper_long": "This file has too many pages. The limit is 200. Split it and send the parts.",
    "paper_slow": "This file takes too long to draw. Print or scan it again, and send that.",
    "paper_shut": "The office's computer may not read this file. Ask IT support, then move it out of the folder and back.",
    "paper_empty": "This file is empty.",
    "paper_large": "This file is too large. The limit is 64 MB.",
    "mail_large": "This email is too large. The limit is 40 MB. Ask for the files in several emails.",
    "mail_many": "This email has more than 50 files. The first 50 came in. Look at the others in the mailbox.",
    "mail_empty": "This email has no file. Read it in the mailbox.",
    "mail_broken": "This email is damaged. Ask the sender to send it again.",
    "mail_nested": "This is an email inside a forwarded email. Ask the sender to forward it by itself.",
    "mail_secret": "This email is encrypted. Ask the sender to send the file in another way.",
    "mail_winmail": "Outlook packed these files into winmail.dat. Ask the sender to send PDFs.",
    "mail_zip": "This is a ZIP file. Ask the sender to send the files in it by themselves.",
}
"""Why a file was not taken, by code."""
_STAYS: Mapping[str, str] = {
    Source.FOLDER: "The file is still in the watched folder.",
    Source.MAILBOX: "The email goes to the mailbox's folder for emails that were not taken.",
}
STATE_WORDS: Mapping[str, tuple[str, str]] = {
    State.READING: ("Being checked", "info"),
    State.OPEN: ("In the tray", "warn"),
    State.EMPTY: ("Joined to another paper", ""),
    State.FILED: ("Filed", "ok"),
    State.ASIDE: ("Set aside", ""),
    State.REFUSED: ("Not taken", "bad"),
}
ACT_WORDS: Mapping[str, str] = {
    Act.CAME: "Came in",
    Act.TURNED: "Page turned",
    Act.SPLIT: "Split into several papers",
    Act.JOINED: "Joined with other papers",
    Act.MOVED: "Page moved",
    Act.FILED: "Filed",
    Act.REFERRED: "Referral started",
    Act.ASIDE: "Set aside",
    Act.RETURNED: "Back in the tray",
    Act.TOLD: "Sender told",
}


@dataclass(frozen=True, kw_only=True)
class Card:
    """The head of a paper's page."""

    id: uuid.UUID
    title: str
    state: str
    said: str
    tone: str
    source: str
    came_at: datetime
    pages: int
    owner_id: uuid.UUID | None
    about_name: str
    about_born: date | None
    is_guess: bool
    client_id: uuid.UUID | None
    document_id: uuid.UUID | None
    referral_id: uuid.UUID | None
    began_referral: bool
    aside_why: str
    back_until: datetime | None
    is_to_tell: bool
    told_at: datetime | None

    @property
    def is_dismissible(self) -> bool:
        """Whether it can be taken off the list when it could not be taken: no watched folder has it still."""
        return self.source not in {SOURCE_WORDS[each] for each in LYING_ELSEWHERE}

    @property
    def is_open(self) -> bool:
        """Whether it waits in the tray."""
        return self.state == State.OPEN


@dataclass(frozen=True, kw_only=True)
class PageRow:
    """One page on a paper's page."""

    id: uuid.UUID
    place: int
    turn: int
    is_first: bool
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class FileRow:
    """One file that pages of a paper came in."""

    id: uuid.UUID
    name: str
    said: str
    digest: str
    refused: str
    stays: str
    is_stored: bool
    sender: str
    subject: str


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """One entry of the history."""

    title: str
    at: datetime
    tone: str
    text: str


def about_words(paper: Paper) -> str:
    """Who a paper is about, as the paper says."""
    born = born_of(paper)
    said = ", ".join(filter(None, (paper.about_name, f"born {long_day(born)}" if born else "")))
    return said[:1].upper() + said[1:]


def card(paper: Paper) -> Card:
    """What is said of a paper."""
    said, tone = STATE_WORDS[paper.state]
    is_wrong = paper.aside_why == Aside.WRONG_NUMBER
    return Card(
        id=paper.id,
        title=paper.title or "Paper",
        state=paper.state,
        said=said,
        tone=tone,
        source=SOURCE_WORDS[paper.source],
        came_at=paper.came_at,
        pages=paper.page_count,
        owner_id=paper.owner_id,
        about_name=paper.about_name or "",
        about_born=born_of(paper),
        is_guess=paper.is_guess,
        client_id=paper.client_id,
        document_id=paper.document_id,
        referral_id=paper.referral_id,
        began_referral=paper.began_referral,
        aside_why=ASIDE_WORDS[Aside(paper.aside_why)] if paper.aside_why else "",
        back_until=back_until(paper.closed_at) if paper.closed_at else None,
        is_to_tell=paper.state == State.ASIDE and is_wrong and paper.told_at is None,
        told_at=paper.told_at,
    )


def rows(
    papers: Iterable[Paper],
    files: Sequence[PaperFile],
    names: Mapping[uuid.UUID, str],
    staff: Mapping[str, str],
) -> list[PaperRow]:
    """The list's rows; `names` are of the clients that papers were matched with."""
    why = {each.paper_id: each.refused_why for each in files if each.refused_why}
    return [
        PaperRow(
            id=each.id,
            title=each.title or "Paper",
            about=(names.get(each.client_id, "") if each.client_id else "") or about_words(each),
            source=SOURCE_WORDS[each.source],
            pages=each.page_count,
            came_at=each.came_at,
            owner=staff.get(str(each.owner_id), "") if each.owner_id else "",
            state=STATE_WORDS[each.state][0],
            state_tone=STATE_WORDS[each.state][1],
            note=REFUSED.get(why.get(each.id) or "", "") if each.state == State.REFUSED else "",
        )
        for each in papers
    ]


def page_rows(pages: Sequence[PaperPage]) -> list[PageRow]:
    """The pages of a paper, in their order."""
    return [
        PageRow(
            id=each.id,
            place=each.place,
            turn=each.turn,
            is_first=n == 0,
            is_last=n == len(pages) - 1,
        )
        for n, each in enumerate(pages)
    ]


def file_rows(files: Iterable[PaperFile], staff: Mapping[str, str]) -> list[FileRow]:
    """The files that a paper's pages came in, with what proves which they are."""
    return [
        FileRow(
            id=each.id,
            name=each.file_name or "File",
            said=" · ".join(
                filter(
                    None,
                    (
                        SOURCE_WORDS[each.source],
                        staff.get(each.added_by, ""),
                        count_of(each.page_count, "page") if each.page_count else "",
                        size_words(each.size) if each.size else "",
                    ),
                )
            ),
            digest=each.digest or "",
            refused=REFUSED.get(each.refused_why or "", ""),
            stays=_STAYS.get(each.source, "") if each.state == FileState.REFUSED else "",
            is_stored=each.state == FileState.STORED,
            sender=each.sender or "",
            subject=each.subject or "",
        )
        for each in files
    ]


def history(steps: Sequence[PaperStep], staff: Mapping[str, str]) -> list[StepRow]:
    """What was done with a paper, newest first."""
    return [
        StepRow(
            title=ACT_WORDS[each.act] + (" (undone)" if each.undone_at else ""),
            at=each.done_at,
            tone="ok" if each.act in {Act.FILED, Act.REFERRED} else "",
            text=" · ".join(filter(None, (_why(each), staff.get(each.done_by, "")))),
        )
        for each in steps
    ]


def _why(step: PaperStep) -> str:
    if step.act == Act.ASIDE and step.why:
        return ASIDE_WORDS[Aside(step.why)]
    return SOURCE_WORDS.get(step.why or "", "")


def undoable(steps: Sequence[PaperStep]) -> PaperStep | None:
    """The newest step with pages that is not taken back."""
    return next((each for each in steps if each.after and each.undone_at is None), None)


def aside_options() -> list[tuple[str, str]]:
    """Why a paper is set aside."""
    return [(each.value, ASIDE_WORDS[each]) for each in Aside]
