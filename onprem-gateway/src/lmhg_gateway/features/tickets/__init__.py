"""Tickets of the portal that had to stay here."""

from pathlib import Path

from lmhg_contracts.roles import OVERSIGHT
from lmhg_gateway.features.tickets.models import Arrival, KeptText, RedactionOrder
from lmhg_gateway.features.tickets.pages import kept_texts
from lmhg_kit.feature import Feature, NavItem, Permission
from lmhg_kit.releasing import Releasable

FEATURE = Feature(
    name="tickets",
    app="workspace",
    pages=(kept_texts,),
    nav=(
        NavItem(
            label="Kept texts",
            path="/kept-texts",
            icon="lock",
            permission="kept_texts.read",
            order=70,
        ),
    ),
    templates=Path(__file__).parent / "templates",
    permissions=(Permission(name="kept_texts.read", roles=OVERSIGHT),),
    models=(
        KeptText,
        RedactionOrder,
        Arrival,
    ),
    needs=("compliance",),
    contributes=(
        Releasable(
            kind="redaction_order",
            table="practice.redaction_order",
            title="Redaction orders",
            covers="That the portal has to remove one of its own texts, by its id, and a reason code.",
        ),
    ),
)
