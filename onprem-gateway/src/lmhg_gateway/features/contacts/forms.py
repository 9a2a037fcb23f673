"""The form of a contact attempt."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

import msgspec

from lmhg_gateway.features.contacts.models import NOTE_MAX
from lmhg_gateway.features.contacts.rules import RESULTS, Channel, Result, check_again, check_try
from lmhg_kit.http.form_rules import Good, refused_by


class AttemptForm(msgspec.Struct, frozen=True, kw_only=True):
    """How someone was tried, with what result, and when to try again."""

    channel: Channel
    result: Result
    used: Literal["", "mobile", "phone", "email", "address"] = ""
    """Which of the client's numbers or addresses; empty for the usual one of the channel."""
    again_on: date | None = None
    note: Annotated[str, msgspec.Meta(max_length=NOTE_MAX)] = ""
    seen: Annotated[int, msgspec.Meta(ge=0)] = 0
    """The version of the work that the person saw; 0 asks for no comparison."""

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """A result that the channel cannot have; a day that is over."""
        if "channel" not in good or "result" not in good:
            return {}
        again = good.get("again_on")
        return refused_by(lambda: check_try(good["channel"], good["result"], again, today=today))


class OutcomeForm(msgspec.Struct, frozen=True, kw_only=True):
    """The same as a person fills it in: how and with what result in one choice, "phone reached"."""

    outcome: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]+ [a-z_]+$")]
    again_on: date | None = None
    note: Annotated[str, msgspec.Meta(max_length=NOTE_MAX)] = ""

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """A choice that is not on the list; a day that is over."""
        wrong: dict[str, str] = {}
        if "outcome" in good and good["outcome"] not in OUTCOMES:
            wrong["outcome"] = "Choose what happened."
        again = good.get("again_on")
        return wrong | dict(refused_by(lambda: check_again(again, today=today)))

    def attempt(self) -> AttemptForm:
        """The attempt that it means."""
        channel, result = OUTCOMES[self.outcome]
        return AttemptForm(channel=channel, result=result, again_on=self.again_on, note=self.note)


OUTCOMES: Mapping[str, tuple[Channel, Result]] = {
    f"{channel.value} {result.value}": (channel, result)
    for channel, results in RESULTS.items()
    for result in results
}
"""What may come of each way of contact, by the value of the form's choice."""
