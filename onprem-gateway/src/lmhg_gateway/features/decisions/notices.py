"""Mail to the officers: who asked for or decided what about roles and two-step sign-in."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime

from lmhg_contracts.roles import COMPLIANCE
from lmhg_gateway.features.decisions import repository
from lmhg_gateway.features.decisions.models import OfficerNotice
from lmhg_gateway.features.decisions.rules import ABOUT_A_RULE, NOTICES
from lmhg_gateway.features.staff.public import addresses_with, staff_names
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.errors import Unavailable
from lmhg_kit.logs import get_logger
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.ui.coded import words

WORKER = Actor("process: worker")
SUBJECT = "Roles or two-step sign-in changed"
TEXT = """{lines}

See the page Decisions in the office. If you did not expect this, talk to the people named here now.
"""
Send = Callable[..., Awaitable[None]]
_log = get_logger()


def lines_of(
    notices: Sequence[OfficerNotice], names: Mapping[str, str]
) -> list[tuple[datetime, str]]:
    """Notices as sentences, each with its newest moment; they name colleagues and roles alone.

    What one person did of one kind in this batch is one sentence about everybody it concerns.
    """
    merged: dict[tuple[object, ...], list[OfficerNotice]] = {}
    for each in notices:
        same = each.subject if each.code in ABOUT_A_RULE else tuple(each.roles)
        merged.setdefault((each.code, each.actor, same), []).append(each)
    return [(max(each.at for each in found), _line(found, names)) for found in merged.values()]


def _line(found: Sequence[OfficerNotice], names: Mapping[str, str]) -> str:
    found = sorted(found, key=lambda each: each.at)
    subjects = dict.fromkeys(names.get(str(each.subject), "a colleague") for each in found)
    roles = dict.fromkeys(words(role) for each in found for role in each.roles)
    return NOTICES[found[0].code].format(
        actor=names.get(found[0].actor, "The operator"),
        subject=listed(subjects),
        role=listed(roles),
    )


def listed(parts: Iterable[str]) -> str:
    """Parts as a sentence has them: A, B and C."""
    *most, last = [*parts] or [""]
    return f"{', '.join(most)} and {last}" if most else last


class OfficerMail:
    """Writes to every compliance officer, and to the address for alerts, about what is untold.

    Whatever waits goes in one mail: at once for a single act, and once for all that a set-up does.
    """

    def __init__(
        self, db: Database, send: Send, *, also: str | None, clock: Clock = utc_now
    ) -> None:
        self._db = db
        self._send = send
        self._also = also
        self._clock = clock

    async def step(self) -> int:
        """Tell about what is untold; how many notices. What no mail server takes is told later."""
        told = 0
        async with self._db.uow(WORKER, "officers.tell") as tx:
            names = await staff_names(tx)
            people = await addresses_with(tx, (COMPLIANCE,))
            readers = sorted({*people, self._also} - {None})  # type: ignore[type-var]
            waiting = await repository.untold(tx)
            text = TEXT.format(lines="\n\n".join(line for _, line in lines_of(waiting, names)))
            if waiting and await self._tell(readers, text):
                for notice in waiting:
                    notice.told_at = self._clock()
                told = len(waiting)
        return told

    async def _tell(self, readers: list[str], text: str) -> bool:
        """Whether a mail server took it for one of them, so that it is not sent twice."""
        taken = False
        for reader in readers:
            try:
                await self._send(reader, subject=SUBJECT, text=text)
                taken = True
            except Unavailable as refused:
                _log.warning("officer_mail.waits", code=refused.code)
        return taken
