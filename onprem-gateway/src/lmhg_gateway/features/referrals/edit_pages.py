"""The page on which a referral's details are changed."""

import uuid
from collections.abc import Mapping
from typing import Any

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.referrals import editing, views
from lmhg_gateway.features.referrals.forms import EditReferral
from lmhg_gateway.features.referrals.recording import choices
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.forms import opened
from lmhg_kit.persistence import ReadSession, WriteSession

EDIT = "/referrals/{referral_id:uuid}/edit"


@shows(EDIT, "referrals.write", template="referrals/edit.html", purpose="referral.edit")
async def edit_page(tx: ReadSession, ask: Ask[EditReferral], referral_id: uuid.UUID) -> Context:
    """The form with what is on record, or with what came back."""
    found, form = await editing.view(tx, referral_id), ask.form
    if not form.values:
        version = editing.version_of(found)
        form = opened(EditReferral, editing.form_values(found), version=version)
    names = await names_of(tx, [found.client_id])
    return {
        "form": form,
        "referral_id": referral_id,
        "client": names.get(found.client_id, views.NAMELESS),
        "open_since": None,
        "today": ask.practice.today(),
        **choices(),
    }


async def _now(tx: ReadSession, referral_id: uuid.UUID) -> tuple[Mapping[str, Any], int]:
    found = await editing.view(tx, referral_id)
    return editing.form_values(found), editing.version_of(found)


@acts(
    EDIT,
    "referrals.write",
    purpose="referral.edit",
    form=EditReferral,
    back=edit_page,
    now=_now,
)
async def save_referral(
    tx: WriteSession, ask: Ask[EditReferral], data: EditReferral, referral_id: uuid.UUID
) -> Done:
    """Change what is known of the referral."""
    found = await editing.edit(tx, referral_id, data, by=ask.by, practice=ask.practice)
    return Done(f"/referrals/{referral_id}", "referral.saved", about=found.client_id)


PAGES = (edit_page, save_referral)
