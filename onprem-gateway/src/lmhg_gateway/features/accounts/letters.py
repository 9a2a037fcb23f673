"""Letters: invitations, resets, and word of what changed. None names anybody but its reader."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from lmhg_gateway.features.accounts import letter_repository
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.errors import Unavailable
from lmhg_kit.http.session import hash_token, new_token
from lmhg_kit.logs import get_logger
from lmhg_kit.persistence import Database

INVITE, RESET = "invite", "reset"
OPENING = (INVITE, RESET)
BELL = "identity_letter"
LIVES: dict[str, timedelta] = {INVITE: timedelta(days=7), RESET: timedelta(hours=1)}

Send = Callable[..., Awaitable[None]]
_log = get_logger()


class Wording(NamedTuple):
    """Subject and text of one kind of letter; `{practice}` and `{link}` are filled in."""

    subject: str
    text: str


_CHANGED = (
    "{what}\n\nIf this was you, you do not need to do anything. If not, sign in at {link} and end"
    " all sessions. Then tell an administrator right away.\n"
)


def _changed(subject: str, what: str) -> Wording:
    return Wording(subject, _CHANGED.replace("{what}", what))


WORDINGS: Mapping[str, Wording] = {
    INVITE: Wording(
        "Your account at {practice}",
        "You have a new account at {practice}. Choose your password here:\n\n{link}\n\n"
        "The link works once, within seven days. If you did not expect this email, ignore it.\n",
    ),
    RESET: Wording(
        "A new password at {practice}",
        "Someone asked for a new password for your account at {practice}. Choose it here:\n\n"
        "{link}\n\nThe link works once, within an hour. Your two-step sign-in stays as it is. If you"
        " did not ask for this, ignore it. Nothing has changed.\n",
    ),
    "notice_password": _changed(
        "Your password was changed", "The password of your account at {practice} was changed."
    ),
    "notice_added": _changed(
        "Two-step sign-in was added", "Two-step sign-in was added to your account at {practice}."
    ),
    "notice_removed": _changed(
        "Two-step sign-in was removed",
        "Two-step sign-in was removed from your account at {practice}.",
    ),
    "notice_recovery": _changed(
        "A recovery code was used", "A recovery code opened your account at {practice}."
    ),
    "notice_device": _changed(
        "Your two-step sign-in was reset",
        "Two colleagues confirmed that you lost your device. Your two-step sign-in at {practice} was"
        " removed, and all your sessions ended.",
    ),
}
"""Purpose to wording. A purpose without one is not sent."""


@dataclass(frozen=True)
class Letters:
    """Mails what is due; one step of a loop in the identity process."""

    db: Database
    send: Send
    public_url: str
    practice: str
    clock: Clock = utc_now

    async def step(self) -> int:
        """Send one letter; 1 when there was one. Its token exists from now on, and only there."""
        token = new_token()
        due = await letter_repository.claim(
            self.db, at=self.clock(), token_hash=hash_token(token), lives=LIVES
        )
        if due is None:
            return 0
        wording = WORDINGS.get(due.purpose)
        if due.email is not None and wording is not None:
            base = self.public_url.rstrip("/")
            link = f"{base}/letter?token={token}" if due.purpose in LIVES else f"{base}/security"
            facts = {"practice": self.practice, "link": link}
            try:
                await self.send(
                    due.email,
                    subject=wording.subject.format(**facts),
                    text=wording.text.format(**facts),
                )
            except Unavailable as refused:
                _log.warning("letter.waits", letter_id=str(due.id), code=refused.code)
                return 1
        await letter_repository.mark_sent(self.db, due, at=self.clock())
        return 1
