"""The officer's questions, at a browser, in the time of a phone call."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Page

from lmhg_stack.demo.officer import ask_all
from lmhg_stack.stack import Stack

SignIn = Callable[[str, str], Awaitable[Page]]
BOUNDS = {
    "why did this not cross?": (4, 20),
    "what exactly of this appointment is on the portal?": (2, 20),
    "withdraw it and tell me when it is gone": (3, 60),
    "prove to me offline that last month is complete": (4, 30),
}
"""Question to acts and seconds at most, on a machine that does other things too."""


@pytest.mark.timeout(300)
async def test_each_question_is_answered_in_few_clicks(
    stack: Stack, sign_in: SignIn, tmp_path: Path
) -> None:
    """By acts and seconds; the last answer is checked by the verifier itself."""
    answers = await ask_all(
        partial(sign_in, "workspace"), tmp_path, intakeq=stack.facts["addresses"]["intakeq"]
    )
    assert {each.question for each in answers} == set(BOUNDS)
    slow = [
        each
        for each in answers
        if each.acts > BOUNDS[each.question][0] or each.seconds > BOUNDS[each.question][1]
    ]
    assert slow == []
