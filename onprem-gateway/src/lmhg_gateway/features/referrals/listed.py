"""The list of referrals, as data."""

from lmhg_gateway.features.referrals.rules import URGENCIES, State
from lmhg_gateway.features.referrals.views import ReferralRow
from lmhg_kit.http.list_part import Column, Filter, Link, ListPart, Tag
from lmhg_kit.ui.coded import words
from lmhg_kit.ui.environment import count_of

PATH = "/referrals"

REFERRALS = ListPart[ReferralRow](
    path=PATH,
    noun="referral",
    kind="referral",
    columns=(
        Column(label="Client", phone="lead", get=lambda row: Link(row.client, f"{PATH}/{row.id}")),
        Column(
            label="Urgency",
            phone="end",
            get=lambda row: Tag(words(row.urgency), row.urgency_tone) if row.urgency_tone else None,
        ),
        Column(label="Concern", get=lambda row: words(row.concern_code)),
        Column(label="Waiting", sort="waiting", get=lambda row: count_of(row.waiting_days, "day")),
        Column(label="Received", sort="received", get=lambda row: row.received_on),
    ),
    filters=(
        Filter(
            name="state",
            label="State",
            options=(("", "Open, as a board"), *((each.value, words(each)) for each in State)),
        ),
        Filter(
            name="urgency",
            label="Urgency",
            options=(("", "Any"), *((each, words(each)) for each in URGENCIES)),
        ),
    ),
    sorts=(
        ("waiting", "Urgent first, then longest waiting"),
        ("-waiting", "Shortest waiting first"),
        ("-received", "Received last first"),
        ("received", "Received first first"),
    ),
)
