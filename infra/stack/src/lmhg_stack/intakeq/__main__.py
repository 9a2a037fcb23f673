"""Run the simulator: `python -m lmhg_stack.intakeq`."""

import os

import uvicorn

from lmhg_kit.settings import load, split_listen
from lmhg_stack.intakeq.app import build
from lmhg_stack.intakeq.settings import SimulatorSettings


def main() -> None:
    """Serve until told to stop."""
    settings = load(SimulatorSettings, os.environ)
    host, port = split_listen(settings.listen)
    uvicorn.run(build(settings), host=host, port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
