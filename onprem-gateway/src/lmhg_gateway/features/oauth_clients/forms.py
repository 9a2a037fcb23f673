"""Forms of client administration."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec

from lmhg_gateway.features.oauth_clients.rules import ClientKind, wrong_addresses
from lmhg_kit.http.form_rules import Good

Lines = Annotated[str, msgspec.Meta(max_length=5000)]


class ClientForm(msgspec.Struct, frozen=True, kw_only=True):
    """What can be changed about a client."""

    name: Annotated[str, msgspec.Meta(min_length=2, max_length=120)]
    redirect_uris: Lines = ""
    post_logout_uris: Lines = ""
    backchannel_uri: Annotated[str, msgspec.Meta(max_length=500)] = ""

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:  # noqa: ARG003 - as every form's
        """Addresses that are none, and none where an app needs one."""
        return wrong_addresses(good, kind=good.get("kind"))


class EditClientForm(ClientForm, frozen=True, kw_only=True):
    """What it is now, by someone who saw how it was."""

    version: int | None = None


class NewClientForm(ClientForm, frozen=True, kw_only=True):
    """What is decided once, when a client is registered."""

    client_id: Annotated[
        str,
        msgspec.Meta(
            pattern="^[a-z][a-z0-9-]{1,62}[a-z0-9]$",
            extra={"say": "Use 3 to 64 small letters, digits and hyphens."},
        ),
    ]
    kind: ClientKind


class RotateForm(msgspec.Struct, frozen=True):
    """How long the old secret goes on working."""

    keep_h: Annotated[int, msgspec.Meta(ge=0, le=168)]


class ScopesForm(msgspec.Struct, frozen=True):
    """Scopes that a client should get, or all that it should keep."""

    scopes: list[Annotated[str, msgspec.Meta(max_length=40)]]


class DecisionForm(msgspec.Struct, frozen=True):
    """Which request the second person read."""

    request_id: Annotated[str, msgspec.Meta(min_length=36, max_length=36)]
