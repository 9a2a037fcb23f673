"""Whom the issuer's subject names: pure."""

import uuid

from lmhg_kit.errors import Forbidden


def account_of(subject: str) -> uuid.UUID:
    """The account that a subject is: our issuer names people by it. Raises: Forbidden."""
    try:
        return uuid.UUID(subject)
    except ValueError:
        raise Forbidden("token_refused", phase="sub") from None
