"""Tickets of the portal that had to stay here."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, COMPLIANCE
from lmhg_gateway.features.kept_texts.incident_codes import (
    CLIENT_NAMED_IN_CLOUD,
    CLIENT_NAMED_LATER,
)
from lmhg_gateway.features.kept_texts.models import Arrival, KeptText, RedactionOrder
from lmhg_gateway.features.kept_texts.pages import kept_texts
from lmhg_kit.feature import Feature, NavItem, Permission
from lmhg_kit.releasing import Releasable

FEATURE = Feature(
    name="kept_texts",
    app="workspace",
    no_api="Texts that name a client are read by people, on a page.",
    pages=(kept_texts,),
    nav=(
        NavItem(
            label="Blocked messages",
            short="Blocked",
            path="/kept-texts",
            icon="blocked",
            permission="kept_texts.read",
            order=70,
        ),
    ),
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(Permission(name="kept_texts.read", roles=frozenset({COMPLIANCE, ADMIN})),),
    models=(
        KeptText,
        RedactionOrder,
        Arrival,
    ),
    needs=("incidents",),
    contributes=(
        CLIENT_NAMED_IN_CLOUD,
        CLIENT_NAMED_LATER,
        Releasable(
            kind="redaction_order",
            table="practice.redaction_order",
            title="Orders to remove a text",
            covers="An order to the portal to remove one of its own texts, by its number, with a reason.",
        ),
    ),
)
