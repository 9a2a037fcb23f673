"""The page of the practice's rules for calls: how soon, how often, and when to give up."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated

import msgspec

from lmhg_gateway.features.referrals import repository
from lmhg_gateway.features.referrals.next_step_rules import Policy
from lmhg_gateway.features.referrals.planning import KIND, policy_of
from lmhg_gateway.features.work_list.public import plan_again
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.forms import start
from lmhg_kit.persistence import ReadSession, WriteSession

PATH = "/referrals/call-rules"
Days = Annotated[int, msgspec.Meta(ge=1, le=90)]


class CallRulesForm(msgspec.Struct, frozen=True, kw_only=True):
    """The rules, as `Policy` names them."""

    first_call_days: Annotated[int, msgspec.Meta(ge=0, le=30)]
    urgent_hours: Annotated[int, msgspec.Meta(ge=1, le=240)]
    attempts: Annotated[int, msgspec.Meta(ge=1, le=20)]
    attempts_over_days: Days
    between_days: Days
    letter_days: Days
    paperwork_days: Days
    insurance_days: Days
    screen_days: Days
    decide_days: Days
    offer_days: Days
    waitlist_days: Annotated[int, msgspec.Meta(ge=7, le=365)]
    report_days: Days
    fades_days: Days


SAID: Mapping[str, tuple[str, str]] = {
    "first_call_days": ("First call", "Working days after a referral comes in."),
    "urgent_hours": ("Urgent: send on after", "Hours. Without a clinician by then, send the person to urgent care."),
    "attempts": ("Tries before the final letter", "Calls, texts and emails without an answer."),
    "attempts_over_days": ("Spread over", "Days from the first try to the final letter."),
    "between_days": ("Between two tries", "Working days."),
    "letter_days": ("After the final letter", "Days to wait before you close."),
    "paperwork_days": ("Ask for paperwork again", "Working days."),
    "insurance_days": ("Ask the insurer again", "Working days."),
    "screen_days": ("Screening", "Working days after the first contact."),
    "decide_days": ("Decision", "Working days after the screening."),
    "offer_days": ("Answer to an offer", "Working days."),
    "waitlist_days": ("Ask people on the waitlist", "Days between two calls."),
    "report_days": ("Tell the referrer", "Working days, where the person agreed."),
    "fades_days": ("Urgent mark fades", "Days after the person was reached. Never before."),
}  # fmt: skip
"""Each rule's label and hint."""


@shows(
    PATH,
    "call_rules.read",
    template="referrals/call_rules.html",
    purpose="call_rules",
    form=CallRulesForm,
)
async def call_rules(tx: ReadSession, ask: Ask[CallRulesForm]) -> Context:
    """The rules as they are now."""
    form = ask.form
    if not form.errors and not any(form.values.values()):
        form = start(CallRulesForm, {k: str(v) for k, v in asdict(await policy_of(tx)).items()})
    usual = asdict(Policy())
    return {"form": form, "rules": [(name, *said, usual[name]) for name, said in SAID.items()]}


@acts(PATH, "call_rules.write", purpose="call_rules.save", form=CallRulesForm, back=call_rules)
async def save_call_rules(tx: WriteSession, _ask: Ask[CallRulesForm], data: CallRulesForm) -> Done:
    """Work by these rules from now on; what is due is counted again within a minute."""
    await keep(tx, data)
    return Done(PATH, "call_rules.saved")


async def keep(tx: WriteSession, data: CallRulesForm) -> None:
    """Keep what differs from the usual rules, and have every due date counted again."""
    usual = asdict(Policy())
    given = msgspec.structs.asdict(data)
    await repository.put_call_rules(
        tx, {name: value for name, value in given.items() if value != usual[name]}
    )
    await plan_again(tx, KIND)
    await tx.audit("update", kind="call_rules")
