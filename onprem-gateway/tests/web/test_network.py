"""The network policy: what its page says, and that no header talks anybody inside."""

import pytest

from lmhg_kit.http.testing import AsRole, Browsers

INSIDE, OUTSIDE = "10.8.0.7", "203.0.113.9"


async def test_the_page_says_how_you_appear(as_role: AsRole) -> None:
    """The administrator's own address, and where another one would be."""
    admin = await as_role("admin")
    page = await admin.get("/network")
    assert f"You appear as {INSIDE}, inside the approved networks" in page.text
    assert "10.8.0.0/16" in page.text
    assert f"{OUTSIDE} is outside" in (await admin.get("/network", address=OUTSIDE)).text
    assert "10.8.1.1 is inside" in (await admin.get("/network", address="::ffff:10.8.1.1")).text
    assert "This is not an address" in (await admin.get("/network", address="<b>x</b>")).text


async def test_only_an_administrator_reads_it(as_role: AsRole, browsers: Browsers) -> None:
    """Other roles are refused, the anonymous are asked to sign in, outsiders find nothing."""
    assert (await (await as_role("staff")).get("/network")).status_code == 403
    assert (await browsers().get("/network")).status_code == 303
    assert (await browsers(OUTSIDE).get("/network")).status_code == 404


SPOOFS = {
    "one": [("x-forwarded-for", INSIDE)],
    "left": [("x-forwarded-for", f"{INSIDE}, {OUTSIDE}")],
    "right": [("x-forwarded-for", f"{OUTSIDE}, {INSIDE}")],
    "many": [("x-forwarded-for", ", ".join([INSIDE] * 40))],
    "twice": [("x-forwarded-for", INSIDE), ("x-forwarded-for", INSIDE)],
    "ipv6": [("x-forwarded-for", f"::ffff:{INSIDE}")],
    "other_headers": [
        ("x-real-ip", INSIDE), ("forwarded", f"for={INSIDE}"), ("x-client-ip", INSIDE),
        ("true-client-ip", INSIDE), ("x-forwarded-host", "work.test"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("spoof", SPOOFS)
async def test_a_signed_in_outsider_cannot_talk_themselves_inside(
    as_role: AsRole, browsers: Browsers, spoof: str
) -> None:
    """Session and zone are both needed: a good session from outside finds nothing, whatever it writes."""
    insider = await as_role("front_desk")
    assert (await insider.get("/clients")).status_code == 200
    outsider = browsers(OUTSIDE)
    outsider.cookies = insider.browser.cookies
    answer = await outsider.get("/clients", headers=SPOOFS[spoof])
    assert (answer.status_code, answer.text) == (404, "not found\n")
