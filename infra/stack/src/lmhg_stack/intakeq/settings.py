"""Settings of the simulator."""

from pathlib import Path
from typing import Annotated

import msgspec

from lmhg_kit.settings import Listen, Setting


class SimulatorSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the simulator reads from its environment."""

    listen: Listen
    sim_journal: Annotated[Path, Setting("file the practice is kept in", "/var/lib/intakeq.jsonl")]
    sim_webhook_url: Annotated[str, Setting("where webhooks go", "http://127.0.0.1:8402/hooks")]
    intakeq_api_key_file: Annotated[Path, Setting("file with the API key", "/etc/lmhg/intakeq")]
    intakeq_calls_per_minute: Annotated[int, Setting("calls a minute", "10")] = 10
    intakeq_calls_per_day: Annotated[int, Setting("calls a day", "500")] = 500
    timezone: Annotated[str, Setting("zone of the practice", "America/Kentucky/Louisville")] = (
        "America/Kentucky/Louisville"
    )
    sim_seed: Annotated[str, Setting("seed of the invented people", "lmhg")] = "lmhg"
    sim_play: Annotated[bool, Setting("send a trickle of webhooks unasked", "true")] = True
    sim_webhook_tries: Annotated[
        int, Setting("how often a refused or unreachable webhook is tried", "6")
    ] = 6
