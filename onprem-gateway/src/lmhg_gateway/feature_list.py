"""The features of the gateway: one line each, and nothing of a feature is named elsewhere."""

from dataclasses import replace

from lmhg_gateway.features.absences import FEATURE as ABSENCES
from lmhg_gateway.features.access_log import FEATURE as ACCESS_LOG
from lmhg_gateway.features.accounts import FEATURE as ACCOUNTS
from lmhg_gateway.features.announcements import FEATURE as ANNOUNCEMENTS
from lmhg_gateway.features.appointments import FEATURE as APPOINTMENTS
from lmhg_gateway.features.authorizations import FEATURE as AUTHORIZATIONS
from lmhg_gateway.features.breach_cases import FEATURE as BREACH_CASES
from lmhg_gateway.features.break_glass import FEATURE as BREAK_GLASS
from lmhg_gateway.features.calendar import FEATURE as CALENDAR
from lmhg_gateway.features.clients import FEATURE as CLIENTS
from lmhg_gateway.features.cloud_copies import FEATURE as CLOUD_COPIES
from lmhg_gateway.features.consents import FEATURE as CONSENTS
from lmhg_gateway.features.contacts import FEATURE as CONTACTS
from lmhg_gateway.features.credentials import FEATURE as CREDENTIALS
from lmhg_gateway.features.decisions import FEATURE as DECISIONS
from lmhg_gateway.features.deliveries import FEATURE as DELIVERIES
from lmhg_gateway.features.differences import FEATURE as DIFFERENCES
from lmhg_gateway.features.documents import FEATURE as DOCUMENTS
from lmhg_gateway.features.downtime import FEATURE as DOWNTIME
from lmhg_gateway.features.duplicates import FEATURE as DUPLICATES
from lmhg_gateway.features.estimates import FEATURE as ESTIMATES
from lmhg_gateway.features.exemptions import FEATURE as EXEMPTIONS
from lmhg_gateway.features.exports import FEATURE as EXPORTS
from lmhg_gateway.features.external import FEATURE as EXTERNAL
from lmhg_gateway.features.factors import FEATURE as FACTORS
from lmhg_gateway.features.funnel import FEATURE as FUNNEL
from lmhg_gateway.features.handoff import FEATURE as HANDOFF
from lmhg_gateway.features.holds import FEATURE as HOLDS
from lmhg_gateway.features.home import FEATURE as HOME
from lmhg_gateway.features.imports import FEATURE as IMPORTS
from lmhg_gateway.features.incidents import FEATURE as INCIDENTS
from lmhg_gateway.features.intakeq_people import FEATURE as INTAKEQ_PEOPLE
from lmhg_gateway.features.intakes import FEATURE as INTAKES
from lmhg_gateway.features.issuer import FEATURE as ISSUER
from lmhg_gateway.features.kept_texts import FEATURE as KEPT_TEXTS
from lmhg_gateway.features.leaving import FEATURE as LEAVING
from lmhg_gateway.features.ledger_review import FEATURE as LEDGER_REVIEW
from lmhg_gateway.features.library import FEATURE as LIBRARY
from lmhg_gateway.features.look_back import FEATURE as LOOK_BACK
from lmhg_gateway.features.merging import FEATURE as MERGING
from lmhg_gateway.features.network import FEATURE as NETWORK
from lmhg_gateway.features.notes import FEATURE as NOTES
from lmhg_gateway.features.oauth_clients import FEATURE as OAUTH_CLIENTS
from lmhg_gateway.features.office_hours import FEATURE as OFFICE_HOURS
from lmhg_gateway.features.oversight import FEATURE as OVERSIGHT
from lmhg_gateway.features.packets import FEATURE as PACKETS
from lmhg_gateway.features.people import FEATURE as PEOPLE
from lmhg_gateway.features.recalls import FEATURE as RECALLS
from lmhg_gateway.features.reconcile import FEATURE as RECONCILE
from lmhg_gateway.features.records_requests import FEATURE as RECORDS_REQUESTS
from lmhg_gateway.features.referral_people import FEATURE as REFERRAL_PEOPLE
from lmhg_gateway.features.referrals import FEATURE as REFERRALS
from lmhg_gateway.features.related_people import FEATURE as RELATED_PEOPLE
from lmhg_gateway.features.retention import FEATURE as RETENTION
from lmhg_gateway.features.risk_answers import FEATURE as RISK_ANSWERS
from lmhg_gateway.features.screening import FEATURE as SCREENING
from lmhg_gateway.features.sessions import FEATURE as SESSIONS
from lmhg_gateway.features.sign_in import FEATURE as SIGN_IN
from lmhg_gateway.features.staff import FEATURE as STAFF
from lmhg_gateway.features.statements import FEATURE as STATEMENTS
from lmhg_gateway.features.tokens import FEATURE as TOKENS
from lmhg_gateway.features.tray import FEATURE as TRAY
from lmhg_gateway.features.uploads import FEATURE as UPLOADS
from lmhg_gateway.features.vendors import FEATURE as VENDORS
from lmhg_gateway.features.waitlist import FEATURE as WAITLIST
from lmhg_gateway.features.work_list import FEATURE as WORK_LIST
from lmhg_gateway.features.write_back import FEATURE as WRITE_BACK
from lmhg_gateway.kernel.released import RELEASED
from lmhg_kit.feature import Feature
from lmhg_kit.http.around import SHELL
from lmhg_kit.http.help import HELP

FEATURES: tuple[Feature, ...] = (
    SESSIONS,
    replace(SHELL, app="workspace", needs=("home", "sessions")),
    replace(HELP, app="workspace"),
    HOME,
    WORK_LIST,
    RISK_ANSWERS,
    HANDOFF,
    CLIENTS,
    DUPLICATES,
    MERGING,
    REFERRALS,
    REFERRAL_PEOPLE,
    AUTHORIZATIONS,
    WAITLIST,
    FUNNEL,
    CONTACTS,
    OFFICE_HOURS,
    APPOINTMENTS,
    ABSENCES,
    RECALLS,
    INTAKES,
    UPLOADS,
    DOCUMENTS,
    TRAY,
    DOWNTIME,
    IMPORTS,
    RELATED_PEOPLE,
    CONSENTS,
    RECORDS_REQUESTS,
    ESTIMATES,
    NOTES,
    CALENDAR,
    ANNOUNCEMENTS,
    LIBRARY,
    STAFF,
    DELIVERIES,
    DIFFERENCES,
    INTAKEQ_PEOPLE,
    RECONCILE,
    WRITE_BACK,
    OVERSIGHT,
    EXEMPTIONS,
    HOLDS,
    INCIDENTS,
    BREACH_CASES,
    VENDORS,
    CLOUD_COPIES,
    LEDGER_REVIEW,
    ACCESS_LOG,
    EXPORTS,
    RETENTION,
    LEAVING,
    SCREENING,
    LOOK_BACK,
    PACKETS,
    STATEMENTS,
    KEPT_TEXTS,
    PEOPLE,
    CREDENTIALS,
    DECISIONS,
    BREAK_GLASS,
    NETWORK,
    OAUTH_CLIENTS,
    ACCOUNTS,
    FACTORS,
    SIGN_IN,
    TOKENS,
    ISSUER,
    EXTERNAL,
)
"""In the order of the navigation and of what they contribute."""

RELEASED.take(FEATURES)
