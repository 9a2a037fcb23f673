"""What other features may ask of intakes."""

from lmhg_gateway.features.intakes.service import store_form

__all__ = [
    "store_form",
]
