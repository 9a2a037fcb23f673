"""Where in the product someone did something, as the access log says it: the ledger's codes in plain words."""

from collections.abc import Mapping

from lmhg_gateway.features.access_log.purposes_from_m import FROM_M
from lmhg_gateway.features.access_log.purposes_to_l import TO_L
from lmhg_kit.ui.coded import words

PURPOSES: Mapping[str, str] = {**TO_L, **FROM_M}
"""Purposes; each that is a code is seen in the code by a test. Others are words already."""


def purpose_words(purpose: str) -> str:
    """Where something was done, such as "A client's page"."""
    return PURPOSES.get(purpose.replace(" ", "_")) or words(purpose)
