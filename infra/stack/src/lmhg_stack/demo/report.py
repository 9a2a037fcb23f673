"""What `make demo` prints at the end."""

from collections.abc import Iterable, Mapping, Sequence

from lmhg_stack.canary.sweep import Report
from lmhg_stack.demo.proof import Check
from lmhg_stack.demo.results import Results, Spread

AWAY = {"onprem": "to the cloud", "cloud": "to the practice"}


def lines(
    results: Results, checks: Sequence[Check], sweep: Report, answers: Mapping[str, int]
) -> Iterable[str]:
    """The report, line by line."""
    yield from _crossed(results)
    yield from ("", "Refused, by gate")
    for (gate, reason, kind), count in sorted(results.refusals.items()):
        yield f"  {count:>5}  {kind} at the gate {gate} ({reason})"
    if not results.refusals:
        yield "      0  nothing"
    yield from ("", "And")
    yield from (f"  {count:>5}  {label}" for label, count in results.counts.items())
    yield from ("", "Wrong webhooks were answered")
    yield from (f"  {status:>5}  {name}" for name, status in answers.items())
    yield from ("", f"{'Latency, ms':<48}{'count':>7}{'p50':>8}{'p99':>8}{'max':>8}")
    yield from (f"  {label:<46}{_row(spread)}" for label, spread in results.latencies.items())
    yield from ("", "Proof")
    yield from (f"  {'ok ' if c.is_good else 'BAD'}  {c.name}: {c.said}" for c in checks)
    yield from ("", f"Leak check for {sweep.tokens} tokens")
    yield from (f"  {line}" for line in sweep.lines())


def _crossed(results: Results) -> Iterable[str]:
    for plane, counted in results.decisions.items():
        yield f"Crossed {AWAY[plane]}"
        shipped = {kind for kind, what in counted if what in ("ship", "recall", "supersede")}
        for kind in sorted(shipped):
            put, recall = counted[kind, "ship"], counted[kind, "recall"]
            late = counted[kind, "supersede"]
            yield f"  {put:>5}  {kind}, {recall} recalled, {late} overtaken by a newer version"
        if not shipped:
            yield "      0  nothing"


def _row(spread: Spread) -> str:
    numbers = (spread.p50_s, spread.p99_s, spread.max_s)
    return f"{spread.count:>7}" + "".join(f"{1000 * number:>8.1f}" for number in numbers)
