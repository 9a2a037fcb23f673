"""External mode: another issuer holds the accounts, we are its relying party and stay the issuer."""

from lmhg_gateway.features.external.models import ExternalRequest
from lmhg_kit.feature import Feature

FEATURE = Feature(
    name="external",
    models=(ExternalRequest,),
)
