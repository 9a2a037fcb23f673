"""What referrals put on the work list: each next action with its words, its lane and its buttons."""

from lmhg_gateway.features.referrals.next_step_rules import Step
from lmhg_gateway.features.referrals.planning import KIND, plan_one, unplanned
from lmhg_gateway.web.points import WorkButton, WorkSource, WorkStep

_TRY = "/referrals/{}/attempts"
_MOVE = "/referrals/{}/move"


def _try(label: str, channel: str, result: str, *, needs: str = "") -> WorkButton:
    fields = {"channel": channel, "result": result}
    return WorkButton(label=label, path=_TRY, fields=fields, needs=needs)


def _move(label: str, seen: str, to: str, **more: str) -> WorkButton:
    return WorkButton(label=label, path=_MOVE, fields={"seen": seen, "to": to, **more})


def _do(label: str, act: str, **fields: str) -> WorkButton:
    return WorkButton(label=label, path=f"/referrals/{{}}/{act}", fields=fields)


_CALL = (
    _try("Voicemail", "phone", "left_voicemail", needs="may_voicemail"),
    _try("No answer", "phone", "no_answer"),
    _try("Reached", "phone", "reached"),
    _try("Wrong number", "phone", "wrong_number"),
)
_WRITE = (
    _try("Sent a text", "text", "sent", needs="may_text"),
    _try("Sent an email", "email", "sent", needs="may_email"),
)
_ARRIVED = _do("Arrived", "waits", waits_for="")


def _step(
    step: Step, label: str, lane: str, *buttons: WorkButton, is_call: bool = False
) -> WorkStep:
    return WorkStep(code=step.value, label=label, lane=lane, buttons=buttons, is_call=is_call)


STEPS = (
    _step(Step.FIRST_CALL, "Call for the first time", "first_calls", *_CALL, is_call=True),
    _step(Step.CALL_BACK, "Call back", "call_backs", *_CALL, is_call=True),
    _step(Step.OTHER_WAY, "Try another way", "call_backs", *_WRITE, *_CALL, is_call=True),
    _step(
        Step.FINAL_LETTER,
        "Send the final letter",
        "call_backs",
        _try("Letter sent", "letter", "sent", needs="may_mail"),
        _CALL[2],
        is_call=True,
    ),
    _step(
        Step.CLOSE_UNREACHED,
        "Close: could not be reached",
        "finish",
        _do("Close", "unreached"),
        _CALL[2],
        is_call=True,
    ),
    _step(
        Step.REDIRECT,
        "Send to urgent care now",
        "first_calls",
        _do("Sent to urgent care", "redirect"),
        *_CALL,
        is_call=True,
    ),
    _step(
        Step.SCREEN,
        "Start screening",
        "decide",
        _move("Start screening", "contacted", "screening"),
        is_call=True,
    ),
    _step(Step.PAPERWORK, "Ask for the paperwork", "paperwork", _ARRIVED, *_CALL, is_call=True),
    _step(Step.INSURANCE, "Ask the insurer", "insurance", _ARRIVED),
    _step(
        Step.DECIDE,
        "Offer, waitlist or decline",
        "decide",
        _move("To the waitlist", "screening", "waitlisted"),
    ),
    _step(Step.STILL_WANTED, "Ask: still wanted?", "waitlist", *_CALL, is_call=True),
    _step(Step.OFFER_ANSWER, "Get an answer to the offer", "offers", *_CALL, is_call=True),
    _step(
        Step.BOOK,
        "Put the visit in IntakeQ",
        "booked",
        _move("Attended", "booked", "attended"),
    ),
    _step(
        Step.VISIT, "Wait for the first visit", "booked", _move("Attended", "booked", "attended")
    ),
    _step(
        Step.CLOSE_CARE,
        "Close: care started",
        "finish",
        _move("Close", "attended", "closed", reason="care_started"),
    ),
    _step(
        Step.TELL_REFERRER,
        "Tell the referrer how it went",
        "finish",
        _try("Told by phone", "phone", "told_referrer"),
        _try("Told by letter", "letter", "told_referrer"),
    ),
)

SOURCE = WorkSource(
    kind=KIND,
    permission="referrals.read",
    write="referrals.write",
    path="/referrals/{}",
    steps=STEPS,
    plan=plan_one,
    unplanned=unplanned,
)
