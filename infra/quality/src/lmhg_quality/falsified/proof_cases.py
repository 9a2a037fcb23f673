"""Proof files of one entry that are not what they claim."""

import base64
from collections.abc import Iterator
from dataclasses import replace

from lmhg_contracts.ledger.checkpoint import Checkpoint, sign
from lmhg_quality.falsified.world import STRANGER, Case, World, raw_entry

AT = 2


def cases(world: World) -> Iterator[Case]:
    """Every way to falsify a proof."""
    good = world.proof(AT)
    yield Case("proof", "nobody", "the proof of an entry", good.to_text().encode(), ())
    yield from _parts(world)
    yield from _texts(world)
    yield from _questions(world)


def _parts(world: World) -> Iterator[Case]:
    good, e = world.proof(AT), world.entries
    former = world.witnessed(e[:4])
    flipped = [good.path[1], good.path[0], *good.path[2:]]
    for name, what, proof, codes in (
        ("proof-index", "another place", replace(good, index=AT + 1),
         ("not_included", "misnumbered")),
        ("proof-index-outside", "a place behind the end", replace(good, index=99),
         ("not_included", "misnumbered")),
        ("proof-entry", "another entry of the ledger", replace(good, entry=e[4]),
         ("not_included", "misnumbered")),
        ("proof-entry-edited", "the entry is edited",
         replace(good, entry=e[AT].replace(b":00.0", b":30.0")), ("not_included",)),
        ("proof-entry-noise", "something else for an entry", replace(good, entry=b"noise"),
         ("not_included", "not_an_entry")),
        ("proof-path-swapped", "two hashes changed places", replace(good, path=flipped),
         ("not_included",)),
        ("proof-path-less", "a hash less", replace(good, path=good.path[:-1]), ("not_included",)),
        ("proof-path-more", "a hash more", replace(good, path=[*good.path, bytes(32)]),
         ("not_included",)),
        ("proof-former", "a former checkpoint under it", replace(good, note=former),
         ("not_included",)),
        ("proof-stranger", "a stranger's checkpoint under it",
         replace(good, note=sign(world.point(e), STRANGER)), ("proof",)),
        ("proof-other-plane", "signed by the other plane alone",
         replace(good, note=sign(world.point(e), world.other)), ("proof",)),
    ):  # fmt: skip
        yield Case(name, "outsider", what, proof.to_text().encode(), codes)
    moved = [*e[:AT], raw_entry(world.ledger, 5), *e[AT + 1 :]]
    yield Case("proof-misnumbered", "own key", "an entry that bears another number, signed",
               world.proof(AT, entries=moved).to_text().encode(), ("misnumbered",))  # fmt: skip


def _texts(world: World) -> Iterator[Case]:
    text = world.proof(AT).to_text()
    short = base64.b64encode(b"x").decode()
    last = text.split("\n")[3]
    other_bits = last[:-2] + chr(ord(last[-2]) + 1) + "="
    for name, what, said, code in (
        ("proof-digits", "an index of 5,000 digits",
         text.replace("index 2", f"index {'9' * 5_000}"), "proof"),
        ("proof-zeros", "an index with zeros in front", text.replace("index 2", "index 002"),
         "proof"),
        ("proof-negative", "a negative index", text.replace("index 2", "index -2"), "proof"),
        ("proof-crlf", "CRLF", text.replace("\n", "\r\n"), "proof"),
        ("proof-no-base64", "an entry that is no base64", text.replace("extra ", "extra ?"),
         "proof"),
        ("proof-other-bits", "a hash in a second way to write it", text.replace(last, other_bits),
         "proof"),
        ("proof-long-padding", "a hash with padding that is too long", text.replace(last, last + "="),
         "proof"),
        ("proof-short-hash", "a hash of one byte", text.replace("index 2", f"index 2\n{short}"),
         "proof"),
        ("proof-many-hashes", "64 hashes more",
         text.replace("index 2", "index 2" + f"\n{'A' * 43}=" * 64), "proof"),
        ("proof-unsigned", "no checkpoint", text.partition("\n\n")[0] + "\n", "proof"),
        ("proof-bom", "a byte order mark in front", f"\ufeff{text}", "checkpoint"),
    ):  # fmt: skip
        yield Case(name, "outsider", what, said.encode(), (code,))
    yield Case("proof-not-utf8", "outsider", "a byte that is no text",
               text.encode().replace(b"index", b"ind\xff"), ("input",))  # fmt: skip


def _questions(world: World) -> Iterator[Case]:
    e = world.entries
    file = world.proof(AT).to_text().encode()
    fork = sign(Checkpoint(world.log, len(e), bytes(32)), world.own).encode()
    grown = world.witnessed([*e, raw_entry(world.ledger, len(e))]).encode()
    alone = world.proof(AT, note=world.note(e)).to_text().encode()
    yield Case("proof-forked", "own key", "the kept checkpoint of this size has another root",
               file, ("forked",), seen=(fork,))  # fmt: skip
    yield Case("proof-older", "nobody", "a proof that is older than a kept checkpoint: sound",
               file, (), seen=(grown,), log=world.log)  # fmt: skip
    yield Case("proof-wrong-log", "outsider", "another log is demanded", file, ("wrong_log",),
               log="lmhg/s2/onprem/relay")  # fmt: skip
    yield Case("proof-unwitnessed", "own key", "the other plane's signature is demanded",
               alone, ("signature",), signers=(world.other.name,))  # fmt: skip
