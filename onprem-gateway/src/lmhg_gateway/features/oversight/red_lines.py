"""What turns the morning page red: alarms, delays, and what is late, missing or found.

Time limits are in `alarm_rules.py`; a feature adds what is its own as a `RedLine`, in its
`morning_page.py`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from lmhg_gateway.features.deliveries import public as deliveries
from lmhg_gateway.features.incidents.public import has_open
from lmhg_gateway.features.oversight import watch_repository, watch_views
from lmhg_gateway.features.oversight.alarm_rules import SweepDue
from lmhg_gateway.features.oversight.incident_codes import CANARY_FOUND
from lmhg_gateway.features.oversight.models import CanarySweep
from lmhg_gateway.web.points import IncidentCode, RedLine, Said
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.persistence import ReadSession


class Headline(NamedTuple):
    """What the morning page says first, and how loud."""

    said: str
    tone: str


def headline(alarms: int, incidents: int) -> Headline:
    """One sentence about everything below it: calm is claimed only when nothing is open."""
    opened = "1 incident is open." if incidents == 1 else f"{incidents:,} incidents are open."
    if alarms:
        count = "One thing" if alarms == 1 else f"{alarms} things"
        return Headline(f"{count} cannot wait.", "bad")
    if incidents:
        return Headline(f"No alarms now, but {opened}", "warn")
    return Headline("No alarms and no open incidents.", "ok")


async def red_lines(
    tx: ReadSession, context: dict[str, Any], features: FeatureSet, *, at: datetime
) -> list[Said]:
    """What cannot wait: a sentence and the page where it is seen to."""
    alarms = watch_views.alarm_rows(await watch_repository.alarms(tx))
    red = [Said(alarm.means, "/compliance/witness") for alarm in alarms]
    # Delays as the relay names them, the other plane's silence among them: lmhg_relay/core/limits.py.
    red += [Said(delay.means, "#h-crossing") for delay in context["delays"]]
    red += _red_witness(context["witness"])
    red += await _red_incidents(tx, features.declared(IncidentCode))
    if context["match"] is not None and context["match"].label_tone == "bad":
        red.append(Said("The last three-way match found a difference.", "/compliance/match"))
    red += await _red_sweeps(tx, context["sweep"], due=context["sweep_due"])
    red += deliveries.red_lines(context["intake"])
    for each in features.contributions(RedLine):
        red += await each.find(tx, at)
    return red


def _red_witness(rows: Sequence[watch_views.WitnessRow]) -> list[Said]:
    """What the other side says it has witnessed, where that is not what is here."""
    said = {
        "Entries are missing from a ledger. The portal confirmed more than are here.": any(
            row.missing for row in rows
        ),
        "A restore of the office's database is not finished.": any(
            row.unsettled_at for row in rows
        ),
        "A ledger is not confirmed up to now.": any(row.late for row in rows),
    }
    return [Said(words, "/compliance/witness") for words, is_so in said.items() if is_so]


async def _red_incidents(tx: ReadSession, codes: Iterable[IncidentCode]) -> list[Said]:
    """Incidents that keep the page red for as long as they are open."""
    return [
        Said(each.red, f"/compliance/incidents?code={each.code}")
        for each in codes
        if each.red and await has_open(tx, each)
    ]


async def _red_sweeps(tx: ReadSession, sweep: CanarySweep | None, *, due: SweepDue) -> list[Said]:
    """A sweep that is late, or found something that is not settled."""
    red: list[Said] = []
    if due.is_late:
        said = "The first leak check is late." if due.is_first else "The leak check is late."
        red.append(Said(said, "/compliance/sweeps"))
    if sweep is not None and sweep.findings:
        red.append(Said("The last leak check found something.", "/compliance/sweeps"))
    elif await has_open(tx, CANARY_FOUND):
        said = "A leak check found something, and its incident is still open."
        red.append(Said(said, "/compliance/incidents?code=canary_found"))
    return red
