"""Requests of clients by their rights: records, changes, limits on sharing, other ways to be reached."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, BREAK_GLASS, CLINICIAN, COMPLIANCE, FRONT_DESK
from lmhg_gateway.features.records_requests import api
from lmhg_gateway.features.records_requests.client_page import banners, rows_of_client
from lmhg_gateway.features.records_requests.models import (
    RecordsRelease,
    RecordsRequest,
    RecordsRequestStep,
)
from lmhg_gateway.features.records_requests.morning_page import late, this_morning
from lmhg_gateway.features.records_requests.pages import (
    answer_request,
    check_identity,
    end_agreement,
    extend_request,
    log_request,
    new_request,
    release_records,
    reopen_request,
    request_list,
    request_packet,
    request_page,
    take_request,
    year_packet,
)
from lmhg_gateway.features.records_requests.referral_page import force_of_referral
from lmhg_gateway.features.records_requests.weekly_packet import of_week
from lmhg_gateway.features.records_requests.work_steps import SOURCE
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_gateway.web.points import (
    ClientBanner,
    ClientSection,
    MorningStats,
    PacketLine,
    RedLine,
    ReferralSection,
)
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="records_requests",
    app="workspace",
    needs=("access_log", "clients", "referrals", "work_list"),
    pages=(
        request_list,
        year_packet,
        new_request,
        take_request,
        request_page,
        check_identity,
        extend_request,
        log_request,
        release_records,
        answer_request,
        reopen_request,
        end_agreement,
        request_packet,
    ),
    api=api.HANDLERS,
    nav=(
        NavItem(
            label="Client requests",
            short="Requests",
            path="/requests",
            icon="decide",
            permission="records_requests.read",
            order=45,
            primary=False,
        ),
    ),
    messages={
        "records_request": "We can't find this request.",
        "request_closed": "This request was answered already.",
        "request_identity": "First check the identity of who asks, and record how. Nothing was saved.",
        "request_extension": "This request can't be extended: that works once, while the first time still runs.",
        "request_undo": "An answer can be taken back for 10 minutes, by the person who gave it.",
        "request_not_in_force": "This is not in force.",
        "request_other": "This form was sent for another request already. Nothing was saved. Open this request again.",
        "request_stands": "A request is extended once, and keeps the day on which it came.",
        "request_answer": "The request was not closed. Check what is marked.",
        "request_day": "The day is not right. Check what is marked.",
    },
    notices={
        "records_request.taken": "Request saved. The day by which to answer is set.",
        "records_request.checked": "Identity check saved.",
        "records_request.extended": "Extended once. Tell the person in writing.",
        "records_request.logged": "Added to the log.",
        "records_request.released": "Saved, and listed in the accounting of disclosures.",
        "records_request.answered": "Request closed.",
        "records_request.reopened": "The request is open again.",
        "records_request.ended": "No longer in force.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(
            name="records_requests.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN, COMPLIANCE, BREAK_GLASS}),
            scope="requests",
        ),
        Permission(
            name="records_requests.write",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN, COMPLIANCE}),
            scope="requests",
        ),
        Permission(name="records_requests.export", roles=frozenset({ADMIN, COMPLIANCE})),
    ),
    models=(RecordsRequest, RecordsRequestStep, RecordsRelease),
    contributes=(
        SOURCE,
        rows_by(RecordsRequest.client_id, noun="request"),
        ClientBanner(permission="records_requests.read", find=banners),
        ClientSection(
            permission="records_requests.read",
            template="records_requests/client_part.html",
            load=rows_of_client,
        ),
        ReferralSection(
            permission="records_requests.read",
            template="records_requests/referral_part.html",
            load=force_of_referral,
        ),
        RedLine(late),
        MorningStats(this_morning),
        PacketLine(
            code="records_requests",
            title="Requests of clients",
            question="Is each request answered in time, and each denial right?",
            order=105,
            count=of_week,
            watched=("late", "denied"),
        ),
    ),
)
