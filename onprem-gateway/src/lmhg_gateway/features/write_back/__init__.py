"""Changes that staff send to IntakeQ: a client's details, and appointments booked, moved or canceled."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, FRONT_DESK
from lmhg_gateway.features.write_back import api, repository
from lmhg_gateway.features.write_back.cancel_effect import EFFECT
from lmhg_gateway.features.write_back.jobs import loops
from lmhg_gateway.features.write_back.models import IntakeqChange
from lmhg_gateway.features.write_back.pages import (
    book,
    cancel,
    change,
    changes,
    client_changes,
    may_send,
    move,
    send_again,
    send_client,
    take_back,
    visit_changes,
)
from lmhg_gateway.features.write_back.views import PATH
from lmhg_gateway.web.booking_points import BookingAsked
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_gateway.web.points import ClientAct
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="write_back",
    app="workspace",
    pages=(
        changes,
        change,
        take_back,
        send_again,
        client_changes,
        send_client,
        book,
        visit_changes,
        move,
        cancel,
    ),
    api=api.HANDLERS,
    ways=(
        NavItem(
            label="Changes sent to IntakeQ", path=PATH, icon="edit", permission="write_back.ask"
        ),
    ),
    messages={
        "intakeq_change": "There is no such change.",
        "write_back_off": "Sending changes to IntakeQ is off. Make the change in IntakeQ.",
        "change_waits": "Another change of the same thing waits. Take it back first.",
        "change_sent": "It may have been sent already, so it can't be taken back.",
        "change_moved": "Someone already did this, so nothing was changed.",
    },
    notices={
        "write_back.asked": "We send it to IntakeQ now.",
        "write_back.stopped": "Not tried again. IntakeQ may have it already. Look there.",
        "write_back.taken_back": "Taken back. Nothing was sent.",
    },
    permissions=(Permission(name="write_back.ask", roles=frozenset({FRONT_DESK, ADMIN})),),
    models=(IntakeqChange,),
    needs=("deliveries", "differences", "appointments", "records_requests"),
    contributes=(
        rows_by(IntakeqChange.client_id, noun="change sent to IntakeQ"),
        EFFECT,
        BookingAsked(repository.booking_since),
        ClientAct(
            permission="write_back.ask",
            label="Change in IntakeQ",
            path="/intake/changes/clients/{}",
            is_on=may_send,
        ),
    ),
    loops={"worker": loops},
    help=Path(__file__).parent / "help.md",
    templates=Path(__file__).parent / "templates",
)
