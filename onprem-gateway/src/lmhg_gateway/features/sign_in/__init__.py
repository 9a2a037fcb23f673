"""Sign-in: the pages of the identity process."""

from lmhg_gateway.features.sign_in.pages import SIGN_IN as FEATURE

__all__ = ["FEATURE"]
