"""Exports: clients, referrals and appointments as a file, on record as taken along."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN
from lmhg_gateway.features.exports.pages import SAID, exports, make_export
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="exports",
    app="workspace",
    needs=("access_log",),
    pages=(exports, make_export),
    no_api="a file of everyone asks for a fresh sign-in; programs read records one page at a time",
    ways=(NavItem(label="Export", path="/exports", icon="download", permission="exports.make"),),
    messages={"export_unknown": "You can't take this along.", **SAID},
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(Permission(name="exports.make", roles=frozenset({ADMIN})),),
)
