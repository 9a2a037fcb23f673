"""Tickets: staff ask for help here."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, EVERYONE, IT_SUPPORT
from lmhg_kit.feature import Feature, NavItem, Permission, SearchProvider
from lmhg_kit.persistence.exemptions import Exemption
from lmhg_kit.releasing import Releasable
from lmhg_portal.features.tickets import api
from lmhg_portal.features.tickets.bell import BELL
from lmhg_portal.features.tickets.home_page import own_tickets
from lmhg_portal.features.tickets.models import Ticket, TicketMessage
from lmhg_portal.features.tickets.pages import (
    add_message,
    file_ticket,
    find_tickets,
    list_page,
    move,
    move_back,
    new_page,
    one_page,
    take,
)
from lmhg_portal.web.points import Area, HomePart

FEATURE = Feature(
    name="tickets",
    app="portal",
    pages=(list_page, new_page, file_ticket, one_page, add_message, take, move, move_back),
    api=api.HANDLERS,
    nav=(
        NavItem(
            label="Tickets", path="/tickets", icon="ticket", permission="tickets.read", order=10
        ),
    ),
    ways=(
        NavItem(label="New ticket", path="/tickets/new", icon="plus", permission="tickets.file"),
    ),
    search=(SearchProvider(label="Tickets", permission="tickets.read", find=find_tickets),),
    bell=BELL,
    messages={
        "ticket_unknown": "We can't find this ticket. Check the address, or look in the list.",
        "ticket_changed": "Someone else changed this ticket after you opened it.",
        "undo_late": "It is too late to undo this step. Move the ticket from where it is.",
        "ticket_move": "This ticket can't change to that state now. Nothing was changed.",
        "note_by_support_only": "Only IT support can write notes. Your text was not saved. Send it as an answer.",
    },
    notices={
        "ticket_filed": "Sent. The office is checking it.",
        "message_sent": "Message sent.",
        "ticket_taken": "Ticket assigned to you.",
        "ticket_moved": "Ticket updated.",
        "ticket_back": "Change undone.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(name="tickets.file", roles=EVERYONE),
        Permission(name="tickets.read", roles=EVERYONE),
        Permission(name="tickets.work", roles=frozenset({IT_SUPPORT, ADMIN})),
    ),
    models=(
        Exemption,
        Ticket,
        TicketMessage,
    ),
    contributes=(
        HomePart(area=Area.ACT, template="tickets/home_act_part.html"),
        HomePart(
            area=Area.STAT, template="tickets/home_stat_part.html", order=10, load=own_tickets
        ),
        HomePart(
            area=Area.CARD, template="tickets/home_card_part.html", order=20, load=own_tickets
        ),
        Releasable(kind="ticket", table="portal.ticket"),
        Releasable(kind="ticket_message", table="portal.ticket_message"),
    ),
)
