"""What other features may ask of risk answers."""

from lmhg_gateway.features.risk_answers.service import look_for_risk

__all__ = ["look_for_risk"]
