"""What the claims of another issuer mean here."""

import pytest

from lmhg_contracts.roles import ROLES
from lmhg_gateway.features.external.rules import granted, parse_roles, proven_at
from lmhg_kit.clock import utc_now


def test_claims_and_roles() -> None:
    """Dotted paths, names with dots of their own, and no role that is not ours."""
    same = parse_roles(" ", known=ROLES)
    assert set(same) == set(ROLES)
    assert granted({"a": {"b": ["staff", 1]}}, path="a.b", roles=same) == {"staff"}
    assert granted({"https://x.test/roles": ["staff"]}, path="https://x.test/roles", roles=same)
    assert not granted({"a": ["staff"]}, path="a.b", roles=same)
    assert parse_roles("x=staff, y = admin", known=ROLES) == {"x": "staff", "y": "admin"}
    for text in ("staff", "=staff", "x=root"):
        with pytest.raises(ValueError, match=text):
            parse_roles(text, known=ROLES)
    now = utc_now()
    assert proven_at({}, now, now=now) < now
    assert proven_at({"auth_time": 1}, now, now=now) == now
