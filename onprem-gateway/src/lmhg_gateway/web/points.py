"""Where a feature of the gateway adds to another: the type of a contribution is its point."""

import uuid
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from litestar import Request

from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.session import Reading
from lmhg_kit.practice import Practice


class Said(NamedTuple):
    """A sentence, and the page that says what to do."""

    sentence: str
    href: str


@dataclass(frozen=True)
class RedLine:
    """What of a feature cannot wait, on the officer's first page."""

    find: Callable[[ReadSession, datetime], Awaitable[Sequence[Said]]]


@dataclass(frozen=True, kw_only=True)
class Status:
    """How one part of the proof is: a line of the officer's first page."""

    title: str
    said: str
    href: str
    label: str = ""
    label_tone: str = ""


@dataclass(frozen=True)
class StatusLine:
    """What a feature says of its part of the proof, on the officer's first page."""

    find: Callable[[ReadSession, datetime], Awaitable[Status]]


@dataclass(frozen=True, kw_only=True)
class ClientSection:
    """What a feature shows on a client's page, for those who have the permission.

    `load` gives the rows; the template finds them as `rows`, and the client's id as `client_id`.
    """

    permission: str
    template: str
    load: Callable[[ReadSession, uuid.UUID], Reading[Sequence[Any]]]


@dataclass(frozen=True, kw_only=True)
class ClientAct:
    """A step that begins on a client's page, for those who have the permission.

    `path` is an address with `{}` for the client's id; `is_on` says whether the practice has it turned on, where a setting does.
    """

    permission: str
    label: str
    path: str
    icon: str = ""
    is_primary: bool = False
    is_on: Callable[[Request[Any, Any, Any]], bool] | None = None


@dataclass(frozen=True, kw_only=True)
class ReferralSection:
    """What a feature shows on a referral's page, for those who have the permission.

    `load` gives the rows; the template finds them as `rows`, with `referral_id` and its `client_id`.
    """

    permission: str
    template: str
    load: Callable[[ReadSession, uuid.UUID], Reading[Sequence[Any]]]


@dataclass(frozen=True, kw_only=True)
class DocumentOrigin:
    """Where a document came from, as a feature says it on the document's page, for those who have the permission."""

    permission: str
    find: Callable[[ReadSession, uuid.UUID], Awaitable[Said | None]]


@dataclass(frozen=True)
class MorningCard:
    """What a feature shows on the officer's first page; the template finds it as `rows`."""

    template: str
    load: Callable[[ReadSession], Awaitable[Sequence[Any]]]


@dataclass(frozen=True, kw_only=True)
class AskedOften:
    """What someone asks an officer, and the page of a feature that answers it."""

    question: str
    path: str
    order: int


class Stat(NamedTuple):
    """One number, what it counts, and the page where it is seen to."""

    value: int
    label: str
    href: str


@dataclass(frozen=True)
class MorningStats:
    """What a feature counts on the officer's first page."""

    find: Callable[[ReadSession, datetime], Awaitable[Sequence[Stat]]]


@dataclass(frozen=True, kw_only=True)
class HomeStats:
    """What a feature counts on the first page of those who have the permission."""

    permission: str
    find: Callable[[ReadSession, Practice], Reading[Sequence[Stat]]]


@dataclass(frozen=True, kw_only=True)
class HomeAsk:
    """Whose first page it is, and where and when: what a card may decide with."""

    person_id: uuid.UUID
    practice: Practice
    features: FeatureSet
    may: Callable[[str], bool]
    """Whether this person has a permission."""


@dataclass(frozen=True, kw_only=True)
class HomeCard:
    """What a feature shows on the first page of those who have the permission.

    The template finds what `load` gives as `rows`.
    """

    permission: str
    template: str
    load: Callable[[ReadSession, HomeAsk], Reading[Sequence[Any]]]


@dataclass(frozen=True, kw_only=True)
class WorkButton:
    """A step that one key or one tap takes from a row of the work list.

    `path` is where its form goes, with `{}` for the subject's id; `fields` are what the form says besides
    the version that was seen.
    """

    label: str
    path: str
    fields: Mapping[str, str]
    needs: str = ""
    """What the client has to allow, a field of `clients.Reach`; nothing where it concerns no client."""


@dataclass(frozen=True, kw_only=True)
class WorkStep:
    """One kind of next action: what is to be done, in which lane of the work list, by which buttons."""

    code: str
    label: str
    lane: str
    buttons: Sequence[WorkButton] = ()
    is_call: bool = False
    """Whether it begins with a call, for which the row offers the number."""


@dataclass(frozen=True, kw_only=True)
class WorkSource:
    """What a feature puts on the work list: its kinds of next actions, and how each is found again.

    `plan` decides one subject's next action from its history and puts it on the list; it is called when
    time alone may have changed it. `unplanned` gives subjects that should be on the list and are not.
    """

    kind: str
    permission: str
    write: str
    """Who presses its buttons: those with this permission."""
    path: str
    """The subject's page, with `{}` for its id."""
    steps: Sequence[WorkStep]
    plan: Callable[[WriteSession, uuid.UUID, Practice], Awaitable[None]]
    unplanned: Callable[[ReadSession, int], Awaitable[Sequence[uuid.UUID]]]


@dataclass(frozen=True, kw_only=True)
class IncidentCode:
    """One way in which something becomes an incident, as an officer reads it.

    An incident is opened with this very value, so none is ever opened without words.
    """

    code: str
    title: str
    happened: str
    todo: str
    red: str = ""
    """What the officer's first page says for as long as one is open; nothing where it may wait."""


@dataclass(frozen=True, kw_only=True)
class IncidentAct:
    """A step that begins on an incident's page, for those who have the permission.

    `path` is an address with `{}` for the incident's id.
    """

    permission: str
    label: str
    path: str


@dataclass(frozen=True)
class SubjectPage:
    """The page of what an incident may be about; `path` may have `{}` for its id."""

    subject_kind: str
    path: str


@dataclass(frozen=True, kw_only=True)
class WeekSpan:
    """The week that a packet is about, in the practice's zone, and when it is asked."""

    first: date
    last: date
    begins: datetime
    ends: datetime
    zone: str
    at: datetime
    hours: str
    """The hours in which the practice works, as the setting says them."""


@dataclass(frozen=True, kw_only=True)
class PacketLine:
    """One question of the weekly packet, with the counts that answer it: no value and no name.

    The packet asks in the order of `order`; a count under `watched` that is not 0 asks for a look.
    """

    code: str
    title: str
    question: str
    order: int
    count: Callable[[ReadSession, WeekSpan], Awaitable[Mapping[str, Any]]]
    watched: tuple[str, ...] = ()


class Traits(NamedTuple):
    """What may tell that two records are of one person."""

    names: tuple[str, ...]
    """The legal name first, then each other name that the person is or was known by."""
    born: date | None = None
    phones: tuple[str, ...] = ()
    email: str = ""
    address: str = ""


class Alike(NamedTuple):
    """A client on record who may be the person that someone writes down."""

    client_id: uuid.UUID
    name: str
    level: str
    """certain, probable or may_be."""
    said: str
    """The level in words."""
    why: str
    """What agrees and what differs, in words."""
    known: str = ""
    """What is said of someone who was here before and is not now."""


@dataclass(frozen=True, kw_only=True)
class ClientCheck:
    """Who on record a new client may be: asked while someone types, and again before it is saved.

    The template finds who was found as `alike`; a form posted to `path` gives it alone.
    """

    path: str
    template: str
    find: Callable[[ReadSession, Traits], Awaitable[Sequence[Alike]]]
    tell_apart: Callable[[WriteSession, uuid.UUID, Sequence[uuid.UUID], str], Awaitable[None]]
    """Remember that a client is none of these others, and who said so."""


class Banner(NamedTuple):
    """One thing to know about a client before anything else, and where to see to it."""

    sentence: str
    href: str
    label: str
    tone: str = "warn"


@dataclass(frozen=True, kw_only=True)
class ClientBanner:
    """What a feature says at the head of a client's page and form, however the client is."""

    permission: str
    find: Callable[[ReadSession, uuid.UUID], Reading[Sequence[Banner]]]


@dataclass(frozen=True, kw_only=True)
class MergeRows:
    """Rows of a feature that belong to a client, and go along when two records become one.

    Rows that are never changed do not move: without `move` they stay where they are, and their feature
    shows them with the record that their client's was merged into.
    """

    kind: str
    """The table's name, by which a merge remembers its rows."""
    noun: str
    """What people call one; nothing where it only follows from rows that are counted already."""
    of_client: Callable[[ReadSession, uuid.UUID], Awaitable[Sequence[uuid.UUID]]]
    move: (
        Callable[
            [WriteSession, Sequence[uuid.UUID], uuid.UUID, uuid.UUID],
            Awaitable[Sequence[uuid.UUID]],
        ]
        | None
    ) = None
    """From one client to another, those of these rows that the first still has: their ids."""


@dataclass(frozen=True, kw_only=True)
class PairAct:
    """A step with two records that may be of one person; `path` has `{}` for each client's id.

    `key` presses it from the keyboard.
    """

    permission: str
    label: str
    path: str
    key: str


@dataclass(frozen=True, kw_only=True)
class ClinicianRights:
    """For whom and where clinicians may work on a day: what matching a person with one has to know.

    A clinician who is missing from an answer is on no panel, or has no license on record; one whose licenses
    are all over has an empty set.
    """

    clinician_panels: Callable[
        [ReadSession, date], Coroutine[Any, Any, Mapping[uuid.UUID, frozenset[str]]]
    ]
    """Of each clinician with a panel on record the payers that count, as referrals call them, and the plans."""
    licence_states: Callable[
        [ReadSession, date], Coroutine[Any, Any, Mapping[uuid.UUID, frozenset[str]]]
    ]
    """Of each clinician with a license on record the states in which it counts, by two letters."""


class ExportRow(NamedTuple):
    """One record of a file: its id, whose it is, and its cells in the order of the heads."""

    id: uuid.UUID
    client_id: uuid.UUID
    cells: Sequence[str | bool | date | datetime | None]


@dataclass(frozen=True, kw_only=True)
class Exportable:
    """Records of a feature that can be taken along as a file, by those who have the permission.

    `load` gives some of them in the order of their ids, behind one of them.
    """

    kind: str
    """What it is called in addresses and in the access log."""
    title: str
    permission: str
    heads: Sequence[str]
    load: Callable[[ReadSession, uuid.UUID | None, int], Awaitable[Sequence[ExportRow]]]
