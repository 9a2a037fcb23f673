"""What other features may ask of risk answers."""

from lmhg_gateway.features.risk_answers.service import holds_risk, look_for_risk

__all__ = ["holds_risk", "look_for_risk"]
