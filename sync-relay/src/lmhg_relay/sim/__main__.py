"""`python -m lmhg_relay.sim --seed N | --seeds A..B`: exit status 1 when a promise breaks."""

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from lmhg_relay.sim.run import Outcome, run_seed

CHUNK = 25


def main() -> int:
    """Run one seed with its trace, or a range of seeds with progress."""
    parser = argparse.ArgumentParser(prog="python -m lmhg_relay.sim", description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--seed", type=int, help="replay one seed, with its trace")
    which.add_argument("--seeds", help="A..B, both inclusive")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--limit-s", type=float, default=float("inf"), help="stop after so long")
    arguments = parser.parse_args()
    if arguments.seed is not None:
        outcome = run_seed(arguments.seed)
        print(*outcome.trace, sep="\n")  # noqa: T201 - a command line's output
        print(f"seed {outcome.seed}: {outcome.broken or 'all promises hold'}")  # noqa: T201 - output
        return 0 if outcome.broken is None else 1
    first, _, last = arguments.seeds.partition("..")
    return _many(range(int(first), int(last) + 1), arguments.jobs, arguments.limit_s)


def _many(seeds: range, jobs: int, limit_s: float) -> int:
    start = time.monotonic()
    done = decisions = 0
    broken: list[Outcome] = []
    with ProcessPoolExecutor(jobs) as pool:
        for low in range(seeds.start, seeds.stop, CHUNK * jobs):
            part = range(low, min(low + CHUNK * jobs, seeds.stop))
            for outcome in pool.map(run_seed, part, chunksize=CHUNK):
                done += 1
                decisions += outcome.decisions
                if outcome.broken is not None:
                    broken.append(outcome)
                    sys.stderr.write(f"\nseed {outcome.seed}: {outcome.broken}\n")
            spent = time.monotonic() - start
            rate = done / spent
            sys.stderr.write(
                f"\r{done} of {len(seeds)} seeds, {rate:.1f} a second, {len(broken)} broken"
            )
            if spent > limit_s:
                break
    spent = time.monotonic() - start
    print(  # noqa: T201 - a command line's output
        f"{done} seeds in {spent:.0f} s ({done / spent:.1f} a second), "
        f"{decisions} ledger entries, {len(broken)} broken"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
