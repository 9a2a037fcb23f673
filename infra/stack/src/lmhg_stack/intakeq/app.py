"""The simulator as one ASGI app: IntakeQ's API, the control API, the webhooks and the play."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

from litestar import Litestar
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from lmhg_stack.canary.tokens import Canary
from lmhg_stack.intakeq import api, control, sandbox
from lmhg_stack.intakeq.faults import Faults
from lmhg_stack.intakeq.limits import CallLimits
from lmhg_stack.intakeq.play import Play
from lmhg_stack.intakeq.practice import Practice, Unknown
from lmhg_stack.intakeq.settings import SimulatorSettings
from lmhg_stack.intakeq.webhooks import Sender


class Player:
    """Starts and stops the play."""

    def __init__(self, play: Play, sender: Sender) -> None:
        self._play = play
        self._sender = sender
        self._task: asyncio.Task[None] | None = None

    @property
    def is_on(self) -> bool:
        """Whether the practice lives by itself now."""
        return self._task is not None

    async def set(self, on: bool) -> None:  # noqa: FBT001 - a switch has one argument
        """Turn the play on or off; asking twice changes nothing."""
        if on and self._task is None:
            self._task = asyncio.create_task(self._play.run(self._sender.send))
        elif not on and self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None


def build(settings: SimulatorSettings) -> Litestar:
    """The app for these settings."""
    practice = Practice(
        Canary(settings.sim_seed), zone=ZoneInfo(settings.timezone), journal=settings.sim_journal
    )

    faults = Faults()

    @contextlib.asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        sender = Sender(settings.sim_webhook_url, settings.sim_webhook_tries, faults)
        player = Player(Play(practice, seed=settings.sim_seed), sender)
        app.state.update(sender=sender, player=player)
        sender.start()
        await player.set(settings.sim_play)
        yield
        await player.set(False)
        await sender.stop()

    state = State(
        {
            "practice": practice,
            "faults": faults,
            "limits": CallLimits(settings.intakeq_calls_per_minute, settings.intakeq_calls_per_day),
            "api_key": settings.intakeq_api_key_file.read_text().strip(),
        }
    )
    return Litestar(
        [api.ROUTER, control.ROUTER, *sandbox.HANDLERS],
        state=state,
        lifespan=[lifespan],
        openapi_config=None,
        logging_config=None,
        exception_handlers={HTTPException: api.text_error, Unknown: control.unknown_object},
    )
