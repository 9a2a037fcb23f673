"""What other features may ask of referrals."""

from lmhg_gateway.features.clients.public import PAYERS
from lmhg_gateway.features.referrals.editing import change as change_referral
from lmhg_gateway.features.referrals.editing import form_values as referral_values
from lmhg_gateway.features.referrals.exported import HEADS as REFERRAL_HEADS
from lmhg_gateway.features.referrals.forms import NewReferral
from lmhg_gateway.features.referrals.models import Referral, ReferralMove
from lmhg_gateway.features.referrals.offering import offer_step, state_of, take_back_step
from lmhg_gateway.features.referrals.planning import KIND, policy_of
from lmhg_gateway.features.referrals.recording import form_facts, withdraw_referral
from lmhg_gateway.features.referrals.reporting import start_report_back, stop_report_back
from lmhg_gateway.features.referrals.repository import has_open, over_since
from lmhg_gateway.features.referrals.repository import locked as held_referral
from lmhg_gateway.features.referrals.repository import of_clients as referrals_of
from lmhg_gateway.features.referrals.rules import (
    CHANNELS,
    CONCERNS,
    OPEN_STATES,
    SOURCES,
    TAKEN_BACK,
    URGENCIES,
    Reason,
    State,
)
from lmhg_gateway.features.referrals.service import Moved, client_of, moved_between, receive_intake
from lmhg_gateway.features.referrals.service import record as record_referral
from lmhg_gateway.features.referrals.views import payer_said
from lmhg_gateway.features.referrals.work_steps import STEPS

__all__ = [
    "CHANNELS",
    "CONCERNS",
    "KIND",
    "OPEN_STATES",
    "PAYERS",
    "REFERRAL_HEADS",
    "SOURCES",
    "STEPS",
    "TAKEN_BACK",
    "URGENCIES",
    "Moved",
    "NewReferral",
    "Reason",
    "Referral",
    "ReferralMove",
    "State",
    "change_referral",
    "client_of",
    "form_facts",
    "has_open",
    "held_referral",
    "moved_between",
    "offer_step",
    "over_since",
    "payer_said",
    "policy_of",
    "receive_intake",
    "record_referral",
    "referral_values",
    "referrals_of",
    "start_report_back",
    "state_of",
    "stop_report_back",
    "take_back_step",
    "withdraw_referral",
]
