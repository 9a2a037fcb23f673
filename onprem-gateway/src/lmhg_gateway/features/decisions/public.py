"""What other features may ask of decisions: to open one, and what waits about someone."""

from lmhg_gateway.features.decisions.forms import REASON_SHORT, Verdict
from lmhg_gateway.features.decisions.notices import OfficerMail
from lmhg_gateway.features.decisions.repository import count_of, holders, open_roles_of
from lmhg_gateway.features.decisions.rules import FIRST_FACTOR_DAYS, POWERS, split_roles
from lmhg_gateway.features.decisions.service import ask_roles, ask_rule, check_reason, decide

__all__ = [
    "FIRST_FACTOR_DAYS",
    "POWERS",
    "REASON_SHORT",
    "OfficerMail",
    "Verdict",
    "ask_roles",
    "ask_rule",
    "check_reason",
    "count_of",
    "decide",
    "holders",
    "open_roles_of",
    "split_roles",
]
