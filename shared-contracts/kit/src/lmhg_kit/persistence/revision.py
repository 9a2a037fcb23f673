"""Whether the database's schema is the one that the code was written for.

A process asks at its start and whenever someone asks whether it is ready. Behind or ahead, it is
not: it answers with both revisions and the command to run.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
from alembic.config import Config
from alembic.script import ScriptDirectory

from lmhg_kit.logs import get_logger

CONNECT_TIMEOUT_S = 5
OLDER = "an older one"
"""What a schema is called that does not yet tell its revision."""

_log = get_logger()


def newest_revision(migrations: Path) -> str:
    """The revision that the scripts of this folder lead to."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    return ScriptDirectory.from_config(config).get_current_head() or ""


class SchemaRevision:
    """One process's question, with its own role."""

    def __init__(self, url: str, *, migrations: Path, run: str) -> None:
        self._url = url
        self._wanted = newest_revision(migrations)
        self._run = run
        self._said: str | None = None

    async def problem(self) -> str | None:
        """What is wrong and what to run, in one sentence; None when nothing is."""
        link = await asyncpg.connect(self._url, timeout=CONNECT_TIMEOUT_S)
        try:
            found = await link.fetchval("select version_num from audit.schema_revision")
        except (asyncpg.UndefinedTableError, asyncpg.InsufficientPrivilegeError):
            found = OLDER
        finally:
            await link.close()
        if found == self._wanted:
            return None
        return (
            f"the database's schema is {found or 'none'}, this program wants {self._wanted}:"
            f" run {self._run}, or install the version that fits"
        )

    def before(self, ready: Callable[[], Awaitable[bool]]) -> Callable[[], Awaitable[bool | str]]:
        """Readiness that asks about the schema first, and says why it is not ready."""

        async def answer() -> bool | str:
            problem = await self.problem()
            if problem != self._said:
                self._said = problem
                if problem:
                    _log.error("process.schema_differs", wanted=self._wanted, run=self._run)
            return problem or await ready()

        return answer
