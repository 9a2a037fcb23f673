"""The weekly packet as rules have it: which week, when it is due, and what a judgement needs."""

from datetime import UTC, date, datetime, timedelta

from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.features.packets.rules import (
    VERDICTS,
    check_judgement,
    in_order,
    week_before,
)
from lmhg_gateway.web.points import PacketLine
from lmhg_kit.feature_set import FeatureSet

ZONE = "America/Kentucky/Louisville"
QUESTIONS = FeatureSet(FEATURES).contributions(PacketLine)
LINES = in_order(QUESTIONS)


def test_week_runs_monday_to_sunday_in_the_practices_zone() -> None:
    """Also over the change of clocks: it is 169 hours long, and due on Wednesday at five."""
    week = week_before(datetime(2026, 11, 2, 15, 0, tzinfo=UTC), ZONE)
    assert (week.first, week.last) == (date(2026, 10, 26), date(2026, 11, 1))
    assert week.ends.astimezone(UTC) - week.begins.astimezone(UTC) == timedelta(hours=169)
    assert week.due_at.isoformat() == "2026-11-04T17:00:00-05:00"
    just_before = week_before(datetime(2026, 11, 2, 4, 59, tzinfo=UTC), ZONE)
    assert just_before.first == date(2026, 10, 19)


def test_question_or_incident_needs_words() -> None:
    """And a verdict that is none is refused."""
    assert check_judgement("ok", "") == ""
    assert all(check_judgement(verdict, "") for verdict in VERDICTS if verdict != "ok")
    assert all(not check_judgement(verdict, "Why?!") for verdict in VERDICTS)
    assert check_judgement("fine", "Because.")
    assert check_judgement("ok", "x" * 1001)
