"""What other features may ask of contact attempts."""

from lmhg_gateway.features.contacts.forms import OUTCOMES, AttemptForm, OutcomeForm
from lmhg_gateway.features.contacts.models import ContactAttempt
from lmhg_gateway.features.contacts.repository import between, last_of_referrals
from lmhg_gateway.features.contacts.rules import (
    ABOUT_OTHERS,
    ANSWERED,
    Channel,
    Result,
    Try,
    check_try,
)
from lmhg_gateway.features.contacts.service import (
    as_tries,
    attempts_of,
    log_attempt,
    repeated,
    take_back,
    wrong_numbers,
)
from lmhg_gateway.features.contacts.views import AttemptRow, attempt_rows, result_words

__all__ = [
    "ABOUT_OTHERS",
    "ANSWERED",
    "OUTCOMES",
    "AttemptForm",
    "AttemptRow",
    "Channel",
    "ContactAttempt",
    "OutcomeForm",
    "Result",
    "Try",
    "as_tries",
    "attempt_rows",
    "attempts_of",
    "between",
    "check_try",
    "last_of_referrals",
    "log_attempt",
    "repeated",
    "result_words",
    "take_back",
    "wrong_numbers",
]
