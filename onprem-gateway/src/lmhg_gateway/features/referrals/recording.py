"""How a referral is begun from elsewhere: what its form shows, and how one that was begun by mistake ends."""

import uuid
from collections.abc import Mapping
from typing import Any

from lmhg_gateway.features.clients.public import PAYER_WORDS
from lmhg_gateway.features.referrals import repository, rules, service, views
from lmhg_gateway.features.referrals.planning import plan
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.http.form_rules import refused_by
from lmhg_kit.http.forms import Form
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice


async def form_facts(
    tx: ReadSession, form: Form[Any], client_id: uuid.UUID
) -> Mapping[str, object]:
    """What the fields of a referral of this client show; a second one is told to say why."""
    open_since = await repository.oldest_open(tx, client_id)
    if form.errors and "why_another" not in form.errors:
        why = str(form.values.get("why_another", ""))
        form.refuse(refused_by(lambda: rules.check_second(open_since, why=why)))
    return {
        "open_since": open_since,
        "second_reasons": [("", "Choose one"), *rules.SECOND_REASONS.items()],
        **choices(),
    }


def choices() -> Mapping[str, object]:
    """What there is to choose from in the fields of a referral."""
    return {
        "sources": views.options(rules.SOURCES),
        "channels": views.options(rules.CHANNELS),
        "concerns": views.options(rules.CONCERNS),
        "urgencies": views.options(rules.URGENCIES),
        "payers": [("", "Choose one"), *PAYER_WORDS.items()],
    }


async def withdraw_referral(
    tx: WriteSession, referral_id: uuid.UUID, *, by: str, practice: Practice
) -> None:
    """Close a referral that was begun by mistake, before anyone went on with it. Raises: NotFound, Conflict."""
    referral = await repository.locked(tx, referral_id)
    if referral is None:
        raise NotFound("referral")
    if referral.state != rules.State.RECEIVED:
        raise Conflict("referral_moved")
    step = rules.check_move(
        rules.State.RECEIVED, to=rules.State.CLOSED, reason=rules.Reason.BY_MISTAKE
    )
    await service.take_step(tx, referral, step, by=by, at=practice.clock())
    await plan(tx, referral, practice)
