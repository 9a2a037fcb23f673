"""Hosts and origins: what is one, what only looks like one, and what a policy is built of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_kit.http.headers import content_policy
from lmhg_kit.http.origins import form_source, is_source, origin_of, parse_place

GOOD = {
    "https://rp.test/cb?x=1": "https://rp.test",
    "https://RP.test:8443/": "https://rp.test:8443",
    "http://127.0.0.1:9/cb": "http://127.0.0.1:9",
    "http://[::1]:9/cb": "http://[::1]:9",
    "https://xn--mller-kva.test": "https://xn--mller-kva.test",
    "https://10.0.0.1.nip.test": "https://10.0.0.1.nip.test",
}
BAD = (
    "https://x;sandbox/cb",
    "https://x;script-src 'unsafe-inline'/cb",
    "https://a.test,b.test/",
    "https://a b.test/",
    "https://*.test/",
    "https://'self'/",
    "https://-a.test/",
    "https://a-.test/",
    "https://a..test/",
    "https://.test/",
    "https://a_b.test/",
    "https://u@a.test/",
    "https://u:p@a.test/",
    "https://a.test:0/",
    "https://a.test:65536/",
    "https://a.test:+1/",
    "https://a.test:/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.01/",
    "https://[::1/",
    "https://[::1%25eth0]/",
    "https://[v1.a]/",
    "https://\u00fc.test/",
    "https://a.test\\@b.test/",
    "https:///cb",
    "https://",
    "ftp://a.test/",
    "javascript:alert(1)",
    "//a.test/",
    "https://" + "a" * 64 + ".test/",
    "https://" + "a." * 127 + "test/",
)


@pytest.mark.parametrize(("address", "origin"), GOOD.items())
def test_origin_of_a_web_address(address: str, origin: str) -> None:
    """Scheme, host in lower case, and the port if it was written."""
    assert origin_of(address) == origin
    assert is_source(origin)


@pytest.mark.found(
    "A6", "a host is a name or an address and nothing else, so it can end no directive"
)
@pytest.mark.parametrize("address", BAD)
def test_what_only_looks_like_a_host_has_no_origin(address: str) -> None:
    """Refused by its grammar, not by a list of letters."""
    with pytest.raises(ValueError, match=r".*"):
        origin_of(address)


@pytest.mark.found("A6", "the security policy holds parsed origins only, whatever it is given")
@given(text=st.text(alphabet="abz.:/;*' -_,[]@1%\n", max_size=30))
def test_policy_holds_parsed_origins_only(text: str) -> None:
    """Whatever is offered, one directive stays one directive with its own words."""
    for offered in (text, "https://" + text):
        policy = content_policy(form_origins=(offered, "https://rp.test"))
        assert len(policy.split(";")) == len(content_policy().split(";"))
        forms = next(p for p in policy.split("; ") if p.startswith("form-action"))
        words = forms.split(" ")[1:]
        assert words[0] == "'self'"
        assert words[-1] == "https://rp.test"
        assert all(is_source(word) for word in words[1:])


def test_program_on_loopback_takes_any_port() -> None:
    """A form may end at the port it happens to have; nowhere else is a port free."""
    assert form_source("http://127.0.0.1:5000/cb") == "http://127.0.0.1:*"
    assert form_source("https://127.0.0.1:5000/cb") == "https://127.0.0.1:5000"
    assert "http://127.0.0.1:*" in content_policy(form_origins=("http://127.0.0.1:*",))
    assert not is_source("https://rp.test:*")


@pytest.mark.parametrize("text", ["[", "]", "", "a:b", "a:", ":80", "[::1", "a/b", "a?b", "a b"])
def test_broken_host_header_is_no_place(text: str) -> None:
    """It raises what it says, and nothing else."""
    with pytest.raises(ValueError, match=r".*"):
        parse_place(text)
