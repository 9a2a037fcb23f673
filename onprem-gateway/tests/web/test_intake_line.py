"""The officer's morning page says how intake is, in words."""

import asyncpg
import pytest

from lmhg_kit.http.testing import AsRole
from lmhg_stack.testing import PlaneDatabase


async def store(onprem: PlaneDatabase, *, result: str | None, code: str | None) -> None:
    """A delivery of two hours ago, as the worker left it."""
    settings = {"app.actor": "t", "app.purpose": "t"}
    link = await asyncpg.connect(onprem.url("postgres"), server_settings=settings)
    try:
        await link.execute(
            "insert into ingress.delivery (id, received_at, source, peer, outcome, size, result,"
            " result_code, finished_at) values (gen_random_uuid(), now() - interval '2 hours',"
            " 'intakeq', '192.0.2.7', 'stored', 1, $1, $2::varchar,"
            " case when $2::varchar is not null then now() end)",
            result,
            code,
        )
    finally:
        await link.close()


@pytest.mark.found("I1", "held deliveries and their reasons are on the officer's morning page")
async def test_morning_page_says_what_is_held_what_waits_and_what_is_left(
    onprem: PlaneDatabase, as_role: AsRole
) -> None:
    """Empty, then held, late and refused; red only for the first two."""
    officer = await as_role("compliance")
    calm = (await officer.get("/compliance")).text
    assert "Messages from IntakeQ" in calm
    assert "Nothing is waiting." in calm
    assert "Requests left: 10 this minute, 500 in 24 hours." in calm
    await store(onprem, result="held", code="ends_before_start")
    await store(onprem, result="held", code="attempts_connect")
    await store(onprem, result="refused", code="unknown_event")
    await store(onprem, result=None, code=None)
    page = " ".join((await officer.get("/compliance")).text.split())
    assert "2 messages from IntakeQ are held for review." in page
    assert "A message from IntakeQ has waited for 2 hours." in page
    assert "1 message: an appointment ends before it starts" in page
    assert "it failed every time it was tried, for 16 hours" in page
    assert "1 message waiting, the oldest since" in page
    assert "Expected to finish by" in page
    assert "1 message was turned away in the last 24 hours" in page
