"""Judging passwords beside everything else: one at a time, few in the queue, and not for long.

The guess count is arithmetic that anyone who writes the password can make long. It has a thread of its
own, so the hashes of sign-in never wait for it.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from lmhg_gateway.features.accounts.password_rules import Verdict, judge
from lmhg_kit.errors import TooMany

WAITING_MAX = 8
"""Passwords that are judged or wait for it, of everybody; more are asked to come back."""
LIMIT_S = 5.0
RETRY_S = 10


class Judging:
    """The one place where passwords are judged."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="judging")
        self._open = 0

    async def verdict(self, password: str, *, known: Sequence[str], beside_factor: bool) -> Verdict:
        """What is thought of this password. Raises: TooMany when it has to be asked again later."""
        if self._open >= WAITING_MAX:
            raise TooMany("judging_busy", retry_after_s=RETRY_S)
        self._open += 1
        future = asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: judge(password, known=known, beside_factor=beside_factor)
        )
        future.add_done_callback(self._done)
        done, _ = await asyncio.wait({future}, timeout=LIMIT_S)
        if not done:
            future.cancel()
            raise TooMany("judging_busy", retry_after_s=RETRY_S)
        return future.result()

    def _done(self, _: object) -> None:
        self._open -= 1
