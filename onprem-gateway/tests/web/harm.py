"""Ways to harm a month's evidence as only the owner of the whole cluster can, each with its way back."""

from typing import NamedTuple

from lmhg_stack.testing import PlaneDatabase

from .month import longer_note  # noqa: TID252 - beside this file

OFF, ON = ("alter table relay.{} " + way + " trigger all" for way in ("disable", "enable"))


class Harm(NamedTuple):
    """One way to harm the evidence, the way back, and what the page says of it."""

    name: str
    table: str
    change: str
    back: str
    said: str


_CHANGED = "update relay.ledger set entry = replace(entry::text, '{}', '{}')::bytea where n = 3"
_ASIDE = (
    "create table relay.aside as select * from relay.{0} where {1}; delete from relay.{0} where {1}"
)
_BACK = "insert into relay.{0} ({1}) select {1} from relay.aside; drop table relay.aside"
_NOTES = "origin, size, root, note"
_LONGER = (
    f"insert into relay.cosignature ({_NOTES}) values"
    f" ('lmhg/s1/onprem/relay', 99, decode(repeat('00', 32), 'hex'), '{longer_note()}')"
)
_SHORTER = "delete from relay.cosignature where size = 99"
HARMS = (
    Harm(
        "changed", "ledger",
        _CHANGED.format("73686970", "73686f70"), _CHANGED.format("73686f70", "73686970"),
        "The sharing ledger is not the one that was signed",
    ),
    Harm(
        "gone", "ledger", _ASIDE.format("ledger", "n = 7"), _BACK.format("ledger", "n, entry"),
        "Entries of the sharing ledger were moved or taken out",
    ),
    Harm(
        "unwitnessed", "cosignature", _ASIDE.format("cosignature", "origin = 'lmhg/s1/onprem/relay'"),
        _BACK.format("cosignature", _NOTES), "The portal has not signed for the sharing ledger",
    ),
    Harm(
        "cut", "cosignature", _LONGER, _SHORTER, "more of it was seen before",
    ),
)  # fmt: skip


async def tamper(onprem: PlaneDatabase, table: str, change: str) -> None:
    """Change what nobody may change, as the owner of the whole cluster."""
    await onprem.run(f"do $$ begin {OFF.format(table)}; {change}; {ON.format(table)}; end $$")
