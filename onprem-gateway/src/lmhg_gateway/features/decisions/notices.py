"""Mail to the officers: who asked for or decided what about roles and two-step sign-in."""

from collections.abc import Awaitable, Callable, Mapping

from lmhg_gateway.features.decisions import repository
from lmhg_gateway.features.decisions.models import OfficerNotice
from lmhg_gateway.features.decisions.rules import NOTICES
from lmhg_gateway.features.staff.public import addresses_with, staff_names
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.errors import Unavailable
from lmhg_kit.logs import get_logger
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.ui.environment import words

WORKER = Actor("process: worker")
OFFICER = "compliance"
SUBJECT = "Roles or two-step sign-in changed"
TEXT = """{line}

See the page Decisions in the office. If you did not expect this, talk to the people named here now.
"""
Send = Callable[..., Awaitable[None]]
_log = get_logger()


def line_of(notice: OfficerNotice, names: Mapping[str, str]) -> str:
    """One notice as a sentence; it names colleagues and roles alone."""
    return NOTICES[notice.code].format(
        actor=names.get(notice.actor, "The operator"),
        subject=names.get(str(notice.subject), "a colleague"),
        role=" and ".join(words(role) for role in notice.roles),
    )


class OfficerMail:
    """Writes to every compliance officer, and to the address for alerts, about each notice."""

    def __init__(
        self, db: Database, send: Send, *, also: str | None, clock: Clock = utc_now
    ) -> None:
        self._db = db
        self._send = send
        self._also = also
        self._clock = clock

    async def step(self) -> int:
        """Tell about what is untold; how many. One that no mail server takes waits its turn."""
        told = 0
        async with self._db.uow(WORKER, "officers.tell") as tx:
            names = await staff_names(tx)
            people = await addresses_with(tx, (OFFICER,))
            readers = sorted({*people, self._also} - {None})  # type: ignore[type-var]
            for notice in await repository.untold(tx):
                text = TEXT.format(line=line_of(notice, names))
                if await self._tell(readers, text):
                    notice.told_at = self._clock()
                    told += 1
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
