"""Entries that were changed, moved, taken out or made up, in an export."""

from collections.abc import Iterator

import msgspec

from lmhg_contracts.ledger.entries import encode_entry
from lmhg_contracts.ledger.tree import leaf_hash
from lmhg_quality.falsified.world import (
    Case,
    World,
    access_entry,
    raw_entry,
    relay_entry,
)

AT = 3
"""The entry that is changed."""
OTHER_VALUES: dict[type, object] = {int: 41, str: "2026-03-02T14:03:00.000001Z", tuple: ("other",)}


def cases(world: World) -> Iterator[Case]:
    """Every way to falsify entries."""
    yield Case("sound", "nobody", "the ledger as it is", world.export(), ())
    yield from _fields(world)
    yield from _moved(world)
    yield from _lines(world)
    yield from _signed(world)


def _fields(world: World) -> Iterator[Case]:
    """Each field of one entry, with the stated hash left as it was."""
    whole = world.export()
    entry = (relay_entry if world.ledger == "relay" else access_entry)(AT)
    for name in entry.__struct_fields__:
        value = getattr(entry, name)
        other = OTHER_VALUES["".__class__ if value is None else type(value)]
        changed = encode_entry(msgspec.structs.replace(entry, **{name: other}))
        code = "reordered" if name == "n" else "edited"
        edited = whole.replace(world.entries[AT], changed)
        yield Case(f"entry-{name}", "outsider", f"{name} of an entry is changed", edited, (code,))
    hidden = encode_entry(msgspec.structs.replace(entry, actor="somebody"))
    entries = _with(world, AT, hidden)
    note = world.witnessed(world.entries)
    yield Case(
        "entry-and-hash", "superuser", "an entry is changed, and its stated hash with it",
        world.export(entries, note), ("forked",),
    )  # fmt: skip


def _moved(world: World) -> Iterator[Case]:
    e, note = world.entries, world.witnessed(world.entries)
    extra = raw_entry(world.ledger, len(e))
    renumbered = [*e[:2], *(raw_entry(world.ledger, n) for n in range(2, 5))]
    for name, what, entries, code in (
        ("swapped", "two entries changed places", [*e[:2], e[3], e[2], *e[4:]], "reordered"),
        ("first-gone", "the first entry is gone", e[1:], "reordered"),
        ("middle-gone", "an entry in the middle is gone", [*e[:2], *e[3:]], "reordered"),
        ("last-gone", "the last entry is gone", e[:-1], "truncated"),
        ("all-gone", "every entry is gone", [], "truncated"),
        ("renumbered", "an entry is gone and the rest renumbered", renumbered, "truncated"),
        ("doubled", "an entry stands twice", [*e[:3], e[2], *e[3:]], "reordered"),
        ("appended", "an entry more than was signed", [*e, extra], "extended"),
        ("appended-twice", "two entries more", [*e, extra, raw_entry(world.ledger, len(e) + 1)],
         "extended"),
    ):  # fmt: skip
        yield Case(name, "superuser", what, world.export(entries, note), (code,))


def _lines(world: World) -> Iterator[Case]:
    whole, entry = world.export(), world.entries[AT]
    stated = leaf_hash(entry).hex().encode()
    spaced = entry.replace(b'":', b'": ')
    head, _, tail = entry.partition(b",")
    turned = b"{" + tail[:-1] + b"," + head[1:] + b"}"
    for name, what, file, codes in (
        ("hash-changed", "the stated hash of an entry is changed",
         whole.replace(stated, b"0" * 64), ("stated",)),
        ("hash-upper", "a stated hash in capitals",
         whole.replace(stated, stated.upper()), ("malformed", "truncated")),
        ("spaced", "an entry written with spaces, same content",
         whole.replace(entry, spaced), ("edited", "not_an_entry")),
        ("turned", "an entry with its fields in another order",
         whole.replace(entry, turned), ("edited", "not_an_entry")),
        ("no-end", "the file is cut inside its last line", whole[:-9], ("malformed", "truncated")),
        ("empty-line", "an empty line at the end", whole + b"\n", ("malformed",)),
        ("not-utf8", "an entry with a byte that is no text",
         whole.replace(entry, entry.replace(b'"', b'"\xff', 1)), ("edited", "not_an_entry")),
    ):  # fmt: skip
        yield Case(name, "outsider", what, file, codes)


def _signed(world: World) -> Iterator[Case]:
    """What only the plane's own key can make: whole, well signed, and still refused."""
    other = "access" if world.ledger == "relay" else "relay"
    entry = world.entries[AT]
    gap = [*world.entries[:4], *(raw_entry(world.ledger, n) for n in (5, 6))]
    local = entry.replace(b":00.000000Z", b":00.000000+00:00")
    deep = b'{"n":' + b"[" * 3_000 + b"]" * 3_000 + b"}"
    for name, what, entries, codes in (
        ("gap-signed", "the numbers have a gap, and it is signed", gap, ("misnumbered",)),
        ("noise-signed", "bytes that are no entry, signed",
         _with(world, AT, b"noise"), ("not_an_entry",)),
        ("deep-signed", "an entry of 3,000 brackets, signed",
         _with(world, AT, deep), ("not_an_entry",)),
        ("twice-signed", "an entry that says a field twice, signed",
         _with(world, AT, entry[:-1] + b',"n":9}'), ("not_an_entry",)),
        ("more-signed", "an entry with a field more, signed",
         _with(world, AT, entry[:-1] + b',"zz":9}'), ("not_an_entry",)),
        ("stranger-signed", f"an entry of the {other} ledger, signed",
         _with(world, AT, raw_entry(other, AT)), ("not_an_entry",)),
        ("date-signed", "a date in another form, signed",
         _with(world, AT, local), ("not_an_entry",)),
    ):  # fmt: skip
        yield Case(name, "own key", what, world.export(entries), codes)
    back = entry.replace(b"2026-03-02", b"2025-01-02")
    yield Case(
        "backdated", "own key", "an entry with an old date, signed: sound, and named",
        world.export(_with(world, AT, back)), (), notes=("dates_backwards",),
    )  # fmt: skip


def _with(world: World, at: int, entry: bytes) -> list[bytes]:
    return [*world.entries[:at], entry, *world.entries[at + 1 :]]
