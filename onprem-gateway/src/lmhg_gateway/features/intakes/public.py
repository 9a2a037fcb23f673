"""What other features may ask of intakes."""

from lmhg_gateway.features.intakes.service import client_of_form, form_sent_at, store_form

__all__ = [
    "client_of_form",
    "form_sent_at",
    "store_form",
]
