"""When this browser was sent to sign in again, kept where neither a client nor the person can write it.

A request that demands a new sign-in (`prompt=login`, `max_age`) is answered when the browser comes back
with one. What tells it from a first visit is a cookie of that browser, sealed to that very request.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import Request

from lmhg_gateway.features.issuer.rules import Fields
from lmhg_kit.errors import KeyUnknown, SealBroken
from lmhg_kit.http.access import gate_of
from lmhg_kit.http.visit import visit_of
from lmhg_kit.persistence.sealing import installed

AnyRequest = Request[Any, Any, Any]
COOKIE = "asked"
LIFE = timedelta(minutes=30)
"""How long someone may take to sign in."""


def remember_asked(request: AnyRequest, fields: Fields, *, at: datetime) -> None:
    """From now on a sign-in in this browser answers this request."""
    blob = installed().seal(f"{at.timestamp():.6f}".encode(), place=_place(fields))
    text = base64.urlsafe_b64encode(blob).rstrip(b"=").decode()
    line = gate_of(request).jar.put(COOKIE, text, max_age_s=int(LIFE.total_seconds()))
    visit_of(request).set_cookies.append(line)


def asked_at(request: AnyRequest, fields: Fields, *, now: datetime) -> float | None:
    """When this browser was sent away for this request, if it was, and not too long ago."""
    kept = gate_of(request).jar.read(request.headers.get("cookie", ""), COOKIE)
    if not kept:
        return None
    try:
        blob = base64.urlsafe_b64decode(kept.encode() + b"=" * (-len(kept) % 4))
        asked = float(installed().open(blob, place=_place(fields)))
    except (KeyUnknown, SealBroken, binascii.Error, ValueError):
        return None
    return asked if 0 <= now.timestamp() - asked <= LIFE.total_seconds() else None


def forget_asked(request: AnyRequest) -> None:
    """The request is answered: the next one like it asks again."""
    visit_of(request).set_cookies.append(gate_of(request).jar.drop(COOKIE))


def _place(fields: Mapping[str, list[str]]) -> str:
    text = urlencode(sorted((name, value) for name, values in fields.items() for value in values))
    return f"identity.asked|at|{hashlib.sha256(text.encode()).hexdigest()}"
