"""Buttons of the work list: what they say, and what is said when it can't be."""

from lmhg_kit.http.testing import AsRole

from .records import referral_of  # noqa: TID252 - beside this file
from .test_work_list import button  # noqa: TID252 - reads the same page


async def test_button_of_a_step_takes_it_and_each_field_is_said_once(as_role: AsRole) -> None:
    """What a step saw is the referral's state, not the row's version."""
    desk = await as_role("front_desk")
    await referral_of(desk, "Odalyn Steps")
    for label in ("Reached", "Start screening", "To the waitlist"):
        path, sent = button((await desk.get("/work")).text, "Odalyn Steps", label)
        names = [each.partition("=")[0] for each in sent["press"].split("&")]
        assert len(set(names)) == len(names)
        await desk.follow(path, **sent)
    row = button((await desk.get("/work")).text, "Odalyn Steps", "Reached")
    assert row[0].endswith("/attempts")


async def test_button_that_says_nonsense_is_answered_on_the_list(as_role: AsRole) -> None:
    """A page without a form has no place for what was wrong: it is said above the list."""
    desk = await as_role("front_desk")
    referral = await referral_of(desk, "Odalyn Nonsense")
    came_from = {"referer": str(desk.browser.base_url.join("/work"))}
    sent = {"csrf_token": desk.token, "press": "seen=nonsense&to=screening"}
    answer = await desk.browser.post(f"{referral}/move", data=sent, headers=came_from)
    assert (answer.status_code, answer.headers["location"]) == (303, "/work")
    assert "That did not work." in (await desk.get("/work")).text
