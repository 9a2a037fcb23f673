"""Ways to contact have three answers: yes, no, and not asked; and not asked is never taken for safe."""

import re
import uuid

import pytest

from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.testing import PlaneDatabase

from .merges import add, merge_of, merged  # noqa: TID252 - beside this file
from .records import referral_of  # noqa: TID252 - beside this file


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """The front desk, which may also ask as a program."""
    made = await as_role("front_desk")
    made.browser.headers["x-csrf-token"] = made.token
    return made


async def ways(onprem: PlaneDatabase, client: str) -> tuple[bool | None, ...]:
    """What is on record of voicemail, texts, emails and letters."""
    [row] = await onprem.run(
        "select may_voicemail, may_text, may_email, may_mail from practice.client where id = $1",
        uuid.UUID(client),
    )
    return tuple(row)


async def test_form_has_three_answers_and_keeps_them(desk: Signed, onprem: PlaneDatabase) -> None:
    """Nothing said is not asked; the page and the form say which it is."""
    client = await add(desk, "Ottoline Threeways", may_text="1", may_email="0")
    assert await ways(onprem, client) == (None, True, False, None)
    page = (await desk.get(f"/clients/{client}")).text
    for said in ("Voicemail: not asked", "Text message: yes", "Email: no", "Mail: not asked"):
        assert said in page
    form = (await desk.get(f"/clients/{client}/edit")).text
    chosen = re.findall(r'<option value="([^"]*)" selected>\s*(?:Not asked|Yes, safe|No)\s*<', form)
    assert chosen == ["", "1", "0", ""]
    told = (await desk.get(f"/api/v1/clients/{client}")).json()
    assert (told["may_voicemail"], told["may_text"], told["may_email"]) == (None, True, False)


async def test_not_asked_is_not_safe_where_someone_might_call(desk: Signed) -> None:
    """No button for a voicemail, and the sentence that forbids it."""
    asked = await referral_of(desk, "Percival Neverasked")
    page = (await desk.get(asked)).text
    assert "Do not leave a voicemail" in page
    row = (await desk.get("/work")).text.split("Percival Neverasked")[1].split("</li>")[0]
    assert "left_voicemail" not in row


async def test_merge_with_an_empty_record_keeps_every_answer(
    desk: Signed, onprem: PlaneDatabase
) -> None:
    """Either way round: yes and no stay, and no wins over yes; undone, both are as they were."""
    said = {"may_voicemail": "1", "may_text": "0"}
    first = await add(desk, "Quilla Answered", mobile="502 555 0931", **said)
    empty = await add(desk, "Quilla Empty", mobile="502 555 0932")
    preview = (await desk.get(f"/clients/{first}/merge/{empty}")).text
    assert "the answer of the other one counts" in preview
    await merged(desk, first, empty, legal_name="survivor", mobile="survivor")
    assert await ways(onprem, first) == (True, False, None, None)
    await desk.follow(f"/clients/merges/{await merge_of(onprem, empty)}/undo")
    assert await ways(onprem, empty) == (None, None, None, None)
    await merged(desk, empty, first, legal_name="survivor", mobile="survivor")
    assert await ways(onprem, empty) == (True, False, None, None)
