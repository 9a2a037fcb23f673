"""Small rules of pages and lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_kit.http.cookies import CookieJar
from lmhg_kit.http.page import safe_path
from lmhg_kit.http.paging import PAGE_MAX, PAGE_SIZE, address, page_number, slice_of


@pytest.mark.parametrize(
    "path",
    [
        "//evil.test",
        "/\\evil.test",
        "https://evil.test",
        "",
        None,
        "relative",
        "/a b",
        "/a\r\nX: y",
    ],
)
def test_foreign_addresses_are_not_followed(path: str | None) -> None:
    """After sign-in one lands on a page of ours, whatever the cookie says."""
    assert safe_path(path) == "/"


def test_own_addresses_are_followed() -> None:
    """A path with a query is ours."""
    assert safe_path("/referrals?state=received") == "/referrals?state=received"


@given(st.text(max_size=12))
def test_page_number_is_always_sensible(text: str) -> None:
    """Whatever is in the address, a page between one and the bound comes out."""
    assert 1 <= page_number(text) <= PAGE_MAX


def test_slice_names_its_neighbours_and_keeps_the_filters() -> None:
    """Previous and next carry the same filters; the ends have none."""
    middle = slice_of("/x", {"state": "open"}, page=2, shown=PAGE_SIZE, total=None, more=True)
    assert (middle.first, middle.last) == (PAGE_SIZE + 1, 2 * PAGE_SIZE)
    assert middle.newer == "/x?state=open&page=1"
    assert middle.older == "/x?state=open&page=3"
    only = slice_of("/x", {}, page=1, shown=3, total=3, more=False)
    assert (only.newer, only.older) == ("", "")


def test_address_leaves_empty_filters_out() -> None:
    """The shortest address that says the same."""
    assert address("/x", {"a": "", "b": "1"}) == "/x?b=1"
    assert address("/x", {}) == "/x"


@pytest.mark.parametrize("production", [True, False])
def test_cookie_is_read_as_it_was_put(production: bool) -> None:  # noqa: FBT001 - a test's parameter
    """And another application's cookie on the same host is not ours."""
    jar, other = CookieJar("demo", production=production), CookieJar("other", production=production)
    line = jar.put("session", "token-1_x").split(";")[0]
    assert jar.read(line, "session") == "token-1_x"
    assert other.read(line, "session") is None
    assert jar.read("\x00=;;;", "session") is None


@pytest.mark.parametrize("value", ["a;b", "a\r\nSet-Cookie: x=y", "a b", "é", '"'])
def test_value_that_could_split_a_header_is_no_cookie(value: str) -> None:
    """Whatever a path or a person holds, a Set-Cookie line stays one line."""
    with pytest.raises(ValueError, match="cookie_value"):
        CookieJar("demo", production=False).put("next", value)
