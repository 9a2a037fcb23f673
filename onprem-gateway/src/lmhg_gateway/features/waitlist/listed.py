"""The lists of the waitlist, as data."""

from lmhg_gateway.features.waitlist.offer_rules import SlotState
from lmhg_gateway.features.waitlist.views import SLOT_WORDS, SlotRow, WaitRow
from lmhg_kit.http.list_part import Column, Filter, Link, ListPart, Tag
from lmhg_kit.ui.coded import words
from lmhg_kit.ui.environment import count_of

PATH = "/waitlist"
SLOTS_PATH = f"{PATH}/times"

PEOPLE = ListPart[WaitRow](
    path=PATH,
    noun="person",
    kind="waitlist",
    columns=(
        Column(
            label="Client",
            phone="lead",
            get=lambda row: Link(row.client, f"{PATH}/people/{row.id}"),
        ),
        Column(
            label="Urgency",
            phone="end",
            get=lambda row: (
                Tag(words(row.urgency), "bad" if row.urgency == "urgent" else "warn")
                if row.urgency != "routine"
                else None
            ),
        ),
        Column(label="Waiting", sort="waiting", get=lambda row: count_of(row.days, "day")),
        Column(label="Clinician", get=lambda row: row.clinicians),
        Column(label="Times", get=lambda row: row.times),
        Column(label="Format", get=lambda row: row.meets),
        Column(label="Payer", get=lambda row: row.payer),
        Column(
            label="Still wanted",
            get=lambda row: Tag("Ask again", "warn") if row.is_stale else None,
        ),
    ),
    sorts=(("waiting", "Longest wait first"), ("-waiting", "Shortest wait first")),
)

TIMES_LIST = ListPart[SlotRow](
    path=SLOTS_PATH,
    noun="freed time",
    kind="freed_slot",
    columns=(
        Column(
            label="Time",
            phone="lead",
            sort="starts",
            get=lambda row: Link(row.when, f"{SLOTS_PATH}/{row.id}"),
        ),
        Column(label="State", phone="end", get=lambda row: Tag(row.state_words, row.state_tone)),
        Column(label="Clinician", get=lambda row: row.clinician),
        Column(label="Minutes", get=lambda row: row.minutes),
        Column(label="Format", get=lambda row: row.meets),
        Column(label="Offers", get=lambda row: row.asked),
    ),
    filters=(
        Filter(
            name="state",
            label="State",
            options=(("", "Any"), *((each.value, SLOT_WORDS[each][0]) for each in SlotState)),
        ),
    ),
    sorts=(("-starts", "Latest first"), ("starts", "Earliest first")),
)
