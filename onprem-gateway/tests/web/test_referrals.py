"""Referrals: one transition table, in pages, checks and the reference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.referrals import forms, rules
from lmhg_gateway.features.referrals.rules import EXITS, TRANSITIONS, Reason, State, check_move
from lmhg_kit.errors import Conflict, Invalid
from lmhg_kit.http.testing import AsRole, Signed

NEW = {
    "received_on": "2026-11-20",
    "source_category": "physician",
    "channel": "phone",
    "concern_code": "grief",
    "may_contact": "1",
}


def test_every_state_has_its_moves_and_every_reason_its_use() -> None:
    """The table is complete, and nothing in it is dead."""
    assert set(TRANSITIONS) == set(State)
    assert {
        reason for moves in TRANSITIONS.values() for why in moves.values() for reason in why
    } == set(Reason)


def test_every_exit_asks_for_a_reason() -> None:
    """Nobody leaves the way without a reason code."""
    for moves in TRANSITIONS.values():
        assert all(reasons for to, reasons in moves.items() if to in EXITS)


def test_every_state_can_be_reached_and_left() -> None:
    """No state is a trap: from each one can get to closed, and closed can come back."""
    reached = {State.RECEIVED}
    for _ in State:
        reached |= {to for state in reached for to in TRANSITIONS[state]}
    assert reached == set(State)
    assert all(TRANSITIONS[state] for state in State)


@given(st.sampled_from(State), st.sampled_from(State), st.sampled_from([None, *Reason]))
def test_only_moves_of_the_table_pass(state: State, to: State, reason: Reason | None) -> None:
    """Whatever is asked, a step outside the table or with a wrong reason refuses."""
    reasons = TRANSITIONS[state].get(to)
    allowed = reasons is not None and (reason in reasons if reasons else reason is None)
    if allowed:
        assert check_move(state, to=to, reason=reason).to is to
    else:
        with pytest.raises((Conflict, Invalid)):
            check_move(state, to=to, reason=reason)


@pytest.mark.parametrize(
    ("listed", "form"),
    [
        (rules.SOURCES, forms.Source),
        (rules.CHANNELS, forms.Channel),
        (rules.CONCERNS, forms.ConcernCode),
        (rules.URGENCIES, forms.Urgency),
        (rules.PAYERS, forms.Payer),
    ],
)
def test_forms_offer_what_the_rules_list(listed: tuple[str, ...], form: object) -> None:
    """The select and the check know the same codes."""
    assert form.__args__ == listed  # type: ignore[attr-defined]


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """The front desk."""
    return await as_role("front_desk")


async def recorded(desk: Signed, **changes: str) -> str:
    """The path of a fresh referral of a fresh client."""
    client = (await desk.follow("/clients", legal_name="Ezekiel Bright")).url.path
    page = await desk.follow(f"{client}/referrals", **{**NEW, **changes})
    assert "Referral added" in page.text
    return page.url.path


async def test_referral_walks_the_table(desk: Signed) -> None:
    """Each step is taken, noted and shown with its reason."""
    path = await recorded(desk, concern="Sleeps badly since spring", urgency="urgent")
    for seen, to in (("received", "contacted"), ("contacted", "screening")):
        await desk.follow(f"{path}/move", seen=seen, to=to)
    page = await desk.follow(
        f"{path}/move", seen="screening", to="referred_out", reason="out_of_scope"
    )
    for part in ("Referred out", "Out of scope", "Sleeps badly", "Front_Desk Person"):
        assert part in page.text


async def test_step_from_a_stale_page_is_refused(desk: Signed) -> None:
    """Who looks at an old state learns that someone was first; nothing moves twice."""
    path = await recorded(desk)
    await desk.follow(f"{path}/move", seen="received", to="contacted")
    answer = await desk.post(f"{path}/move", seen="received", to="contacted")
    assert answer.status_code == 409
    assert "Someone already changed this" in answer.text


async def test_step_outside_the_table_is_refused(desk: Signed) -> None:
    """A hand-made form cannot jump."""
    path = await recorded(desk)
    answer = await desk.post(f"{path}/move", seen="received", to="attended")
    assert answer.status_code == 409
    assert "not possible from the current state" in answer.text


async def test_exit_without_a_reason_asks_for_it(desk: Signed) -> None:
    """The page comes back with the question open."""
    path = await recorded(desk)
    answer = await desk.post(f"{path}/move", seen="received", to="closed")
    assert answer.status_code == 422
    assert "Choose a reason" in answer.text


async def test_bad_referral_is_named_by_field(desk: Signed) -> None:
    """Missing and unknown values stand at their fields."""
    client = (await desk.follow("/clients", legal_name="Bram Bright")).url.path
    answer = await desk.post(f"{client}/referrals", received_on="x", channel="pigeon")
    assert answer.status_code == 422
    assert "Choose one from the list" in answer.text
    assert "Choose a date" in answer.text


async def test_board_and_list_show_it_and_other_roles_do_not_see_it(
    desk: Signed, as_role: AsRole
) -> None:
    """The board has the client in the right lane; staff without the permission get 403."""
    await recorded(desk)
    assert "Ezekiel Bright" in (await desk.get("/referrals")).text
    assert "Ezekiel Bright" in (await desk.get("/referrals", state="received")).text
    assert "Ezekiel Bright" in (await desk.get("/")).text
    trainer = await as_role("trainer")
    assert (await trainer.get("/referrals")).status_code == 403
