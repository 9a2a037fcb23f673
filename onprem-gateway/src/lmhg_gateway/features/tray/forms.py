"""Forms of the tray."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec

from lmhg_gateway.features.clients.public import SHOWN_MAX, Phone, check_birth
from lmhg_gateway.features.documents.public import Label, Name
from lmhg_gateway.features.referrals.public import NewReferral
from lmhg_gateway.features.tray.rules import FILES_MAX, PARTS_MAX, Aside
from lmhg_kit.http.form_rules import Good, refused_by

PersonName = Annotated[str, msgspec.Meta(max_length=200)]
UploadIds = Annotated[list[uuid.UUID], msgspec.Meta(max_length=FILES_MAX)]
PageIds = Annotated[list[uuid.UUID], msgspec.Meta(max_length=PARTS_MAX)]
Arranged = Annotated[str, msgspec.Meta(max_length=64)]
PaperIds = Annotated[list[uuid.UUID], msgspec.Meta(max_length=PARTS_MAX)]


class NewPapers(msgspec.Struct, frozen=True, kw_only=True):
    """Files that come in: each a paper, or together one."""

    together: bool = False
    upload_id: UploadIds = []


class PageForm(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a paper."""

    page: uuid.UUID


class MoveForm(PageForm, frozen=True, kw_only=True):
    """One page, and by how many places it moves."""

    by: Annotated[int, msgspec.Meta(ge=-500, le=500)]


class SplitForm(msgspec.Struct, frozen=True, kw_only=True):
    """The pages that begin another paper."""

    starts: PageIds = []


class JoinForm(msgspec.Struct, frozen=True, kw_only=True):
    """The papers whose pages go behind this one's."""

    papers: PaperIds = []


class AboutForm(msgspec.Struct, frozen=True, kw_only=True):
    """Who a paper is about, as it says."""

    about_name: PersonName = ""
    about_born: date | None = None

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """A birth date that nobody has; and nothing at all."""
        if not good.get("about_name") and not good.get("about_born"):
            return {"about_name": "Write a name or a birth date."}
        wrong = refused_by(lambda: check_birth(good.get("about_born"), today=today))
        return {"about_born": next(iter(wrong.values()))} if wrong else {}


class ChooseForm(msgspec.Struct, frozen=True, kw_only=True):
    """The client that a paper is about."""

    client_id: uuid.UUID


class PersonForm(msgspec.Struct, frozen=True, kw_only=True):
    """Someone who is new here."""

    legal_name: Annotated[str, msgspec.Meta(min_length=2, max_length=200)]
    birth_date: date | None = None
    phone: Phone = ""
    shown: Annotated[list[uuid.UUID], msgspec.Meta(max_length=SHOWN_MAX)] = []

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """A birth date that nobody has."""
        return refused_by(lambda: check_birth(good.get("birth_date"), today=today))


class FileForm(msgspec.Struct, frozen=True, kw_only=True):
    """What a paper is kept as, for the client whom the page named."""

    client_id: uuid.UUID
    name: Name
    label: Label
    referral_id: uuid.UUID | None = None


class ReferForm(NewReferral, frozen=True, kw_only=True):
    """A referral that a paper starts of the client whom the page named, and what the paper is called."""

    client_id: uuid.UUID
    name: Name


class FilePages(FileForm, frozen=True, kw_only=True):
    """What a paper is kept as, with the upload that has its pages, as they were then."""

    upload_id: uuid.UUID | None = None
    arranged: Arranged = ""


class ReferPages(ReferForm, frozen=True, kw_only=True):
    """A referral that a paper starts, with the upload that has its pages, as they were then."""

    upload_id: uuid.UUID | None = None
    arranged: Arranged = ""


class AsideForm(msgspec.Struct, frozen=True, kw_only=True):
    """Why a paper is not ours."""

    why: Aside
