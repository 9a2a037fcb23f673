"""Checkpoints, kept checkpoints and key files that are not what they claim."""

import base64
from collections.abc import Iterator

from lmhg_contracts.ledger.checkpoint import Checkpoint, NoteSigner, cosign, key_id, origin, sign
from lmhg_quality.falsified.world import NUMBERS, SITE, STRANGER, Case, World, raw_entry, signer

NAME_BREAKERS = {
    "plus": "+", "next-line": "\x85", "no-break-space": "\xa0", "ogham-space": "\u1680",
    "en-quad": "\u2000", "hair-space": "\u200a", "line-separator": "\u2028",
    "paragraph-separator": "\u2029", "narrow-space": "\u202f", "math-space": "\u205f",
    "ideographic-space": "\u3000",
}  # fmt: skip
"""A plus sign, and what Unicode calls a space: no key is called so."""
NAME_LETTERS = {
    "zero-width-space": "\u200b", "joiner": "\u2060", "byte-order-mark": "\ufeff",
    "delete": "\x7f", "slash": "/", "vowel-separator": "\u180e",
}  # fmt: skip
"""Odd, and no space to Unicode."""
_BLOB = base64.b64encode(b"w" * 76).decode()


def cases(world: World) -> Iterator[Case]:
    """Every way to falsify what is signed, and what it is held against."""
    yield from _texts(world)
    yield from _signatures(world)
    yield from _cut(world)
    yield from _kept(world)
    yield from _key_files(world)


def _texts(world: World) -> Iterator[Case]:
    whole, note = world.export(), world.witnessed(world.entries)
    root = note.split("\n")[2]
    other_root = base64.b64encode(bytes(32)).decode()
    other_plane = world.log.replace(world.plane, "cloud" if world.plane == "onprem" else "onprem")
    for name, what, text in (
        ("site-changed", "another site in the text", note.replace(f"/{SITE}/", "/s2/")),
        ("plane-changed", "the other plane in the text", note.replace(world.log, other_plane)),
        ("ledger-changed", "another ledger in the text", note.replace(world.log, f"{world.log}2")),
        ("size-changed", "another size in the text", note.replace("\n6\n", "\n7\n")),
        ("root-changed", "another root in the text", note.replace(root, other_root)),
        ("note-line-more", "a line more in the text", note.replace("\n6\n", "\n6\nx\n")),
        ("note-crlf", "CRLF inside the checkpoint", note.replace("\n", "\r\n")),
        ("note-empty", "no checkpoint at all", ""),
    ):
        yield Case(name, "outsider", what, world.export(note=text), ("checkpoint",))
    for name, what, file in (
        ("file-bom", "a byte order mark in front", b"\xef\xbb\xbf" + whole),
        ("file-crlf", "the whole file with CRLF", whole.replace(b"\n", b"\r\n")),
        ("file-empty", "an empty file", b""),
        ("file-other", "a file of something else", b"%PDF-1.7\n"),
        ("length-more", "the header states a longer checkpoint", _length(whole, 9)),
        ("length-less", "the header states a shorter checkpoint", _length(whole, -9)),
        ("length-zeros", "the header's number begins with zeros",
         whole.replace(b"lmhg-ledger/1 ", b"lmhg-ledger/1 00", 1)),
        ("note-not-utf8", "a byte in the checkpoint that is no text",
         whole.replace(b"lmhg/s1", b"lmhg/s\xff", 1)),
    ):  # fmt: skip
        yield Case(name, "outsider", what, file, ("checkpoint",))
    big = Checkpoint(world.log, 0, bytes(32)).body().replace("\n0\n", f"\n{'9' * 5_000}\n")
    yield Case(
        "size-of-5000-digits", "own key", "a size of 5,000 digits, signed",
        world.export(note=f"{big}\n{world.own.line(big)}"), ("checkpoint",),
    )  # fmt: skip


def _signatures(world: World) -> Iterator[Case]:
    e, log = world.entries, world.log
    plain = world.note(e)
    point = world.point(e)
    text = point.body()
    line = plain.splitlines()[-1]
    blob = bytearray(base64.b64decode(line.rpartition(" ")[2]))
    blob[-1] ^= 1
    wrong = f"{line.rpartition(' ')[0]} {base64.b64encode(bytes(blob)).decode()}"
    twin = signer(world.own.name, 8)
    for name, by, what, note in (
        ("unsigned", "outsider", "no signature", f"{text}\n"),
        ("signature-changed", "outsider", "a bit of the signature is changed",
         plain.replace(line, wrong)),
        ("signature-other-text", "superuser", "the signature of a former checkpoint",
         f"{text}\n{world.own.line(world.point(e[:4]).body())}"),
        ("stranger-s-key", "outsider", "signed by a stranger alone", sign(point, STRANGER)),
        ("twin-s-key", "outsider", "signed by another key of the same name", sign(point, twin)),
        ("other-plane-s-key", "other key", "signed by the other plane alone",
         sign(point, world.other)),
        ("control-in-name", "outsider", "a signature line with a tab", f"{plain}— a\tb AAAAAAA=\n"),
        ("no-base64", "outsider", "a signature line that is no base64", f"{plain}— w.example ???\n"),
        ("unknown-no-padding", "outsider", "an unknown signature with padding that is too long",
         f"{plain}— w.example {_BLOB[:-4]}AAAA=\n"),
        ("too-many", "outsider", "101 signature lines", plain + _unknown(100)),
    ):  # fmt: skip
        yield Case(name, by, what, world.export(note=note), ("checkpoint",))
    for name, letter in NAME_BREAKERS.items():
        broken = f"{plain}— w{letter}example {_BLOB}\n"
        yield Case(f"name-{name}", "outsider", f"a signature line whose key name has a {name} in it",
                   world.export(note=broken), ("checkpoint",))  # fmt: skip
    nameless = f"{plain}—  {_BLOB}\n"
    yield Case("name-none", "outsider", "a signature line without a key name",
               world.export(note=nameless), ("checkpoint",))  # fmt: skip
    for name, letter in NAME_LETTERS.items():
        odd = f"{plain}— w{letter}example {_BLOB}\n"
        yield Case(f"name-{name}", "nobody", f"a key name with a {name} in it is passed over",
                   world.export(note=odd), ())  # fmt: skip
    cut = sign(world.point(e[:4]), world.other)
    yield Case(
        "cut-by-the-other-plane", "other key", "cut, and signed by the other plane's key alone",
        world.export(e[:4], cut), ("checkpoint",),
    )  # fmt: skip
    for name, what, foreign in (
        ("other-site", "another site's ledger under our key", log.replace(f"/{SITE}/", "/s2/")),
        ("other-name", "a ledger that there is not", f"{log}s"),
        ("no-path", "a log of something else", "example.com/log"),
    ):
        note = world.note(e, log=foreign)
        yield Case(name, "own key", what, world.export(note=note), ("checkpoint",))
    yield Case("unknown-short", "nobody", "an unknown key's signature of 76 bytes is passed over",
               world.export(note=plain + _unknown(1)), ())  # fmt: skip
    yield Case("unknown-many", "nobody", "twenty unknown signatures are passed over",
               world.export(note=plain + _unknown(20)), ())  # fmt: skip


def _cut(world: World) -> Iterator[Case]:
    e = world.entries
    newest, former = world.witnessed(e).encode(), world.witnessed(e[:4]).encode()
    short = world.export(e[:4])
    other = [raw_entry(world.ledger, n).replace(b":00.0", b":30.0") for n in range(8)]
    tail = [*e[:4], *other[4:]]
    yield Case("former-head", "superuser", "the tail deleted and an older witnessed head put back",
               short, ("cut",), seen=(newest,))  # fmt: skip
    yield Case("former-head-unseen", "superuser",
               "the same, and nobody kept a newer checkpoint: no file can show it",
               short, ())  # fmt: skip
    yield Case("cut-signed-again", "own key", "the tail deleted and the rest signed again",
               world.export(e[:5], world.note(e[:5])), ("cut",), seen=(newest,))  # fmt: skip
    yield Case("cut-to-nothing", "own key", "an empty ledger, signed",
               world.export([], world.note([])), ("cut",), seen=(newest,))  # fmt: skip
    yield Case("rewritten", "own key", "another history of the same length",
               world.export(other[:6], world.note(other[:6])), ("forked",), seen=(newest,))  # fmt: skip
    yield Case("rewritten-longer", "own key", "another history, longer",
               world.export(other, world.note(other)), ("forked",), seen=(newest,))  # fmt: skip
    yield Case("tail-rewritten", "own key", "the part after a former checkpoint is another one",
               world.export(tail, world.note(tail)), ("forked",), seen=(former, newest))  # fmt: skip
    yield Case("rewritten-by-both", "both keys", "another history that both planes signed",
               world.export(other), ("forked",), seen=(newest,))  # fmt: skip
    yield Case("unwitnessed", "own key", "whole, and the other plane's signature is demanded",
               world.export(note=world.note(e)), ("signature",),
               signers=(world.other.name,))  # fmt: skip
    yield Case("grown", "nobody", "longer than a checkpoint that was kept: sound",
               world.export(), (), seen=(former, newest), log=world.log,
               signers=(world.other.name, world.own.name))  # fmt: skip


def _kept(world: World) -> Iterator[Case]:
    e, whole = world.entries, world.export()
    newest = world.witnessed(e).encode()
    plane = "cloud" if world.plane == "onprem" else "onprem"
    ledger = "access" if world.ledger == "relay" else "relay"
    other = sign(Checkpoint(origin(SITE, world.plane, ledger), 2, bytes(32)), world.own)
    theirs = sign(Checkpoint(origin(SITE, plane, world.ledger), 2, bytes(32)), world.other)
    lie = sign(Checkpoint(world.log, 9, bytes(32)), world.other)
    for name, what, note, code in (
        ("kept-noise", "a kept checkpoint that is none", b"noise", "seen"),
        ("kept-not-utf8", "a kept checkpoint that is no text", b"\xff\xfe", "input"),
        ("kept-crlf", "a kept checkpoint with CRLF", newest.replace(b"\n", b"\r\n"), "seen"),
        ("kept-stranger", "a kept checkpoint that a stranger signed",
         sign(world.point(e), STRANGER).encode(), "seen"),
        ("kept-other-plane", "a kept checkpoint that the other plane alone signed",
         lie.encode(), "seen"),
        ("kept-changed", "a kept checkpoint with another size",
         newest.replace(b"\n6\n", b"\n5\n"), "seen"),
        ("kept-other-ledger", "a kept checkpoint of the other ledger", other.encode(), "other_log"),
        ("kept-other-plane-s", "a kept checkpoint of the other plane's", theirs.encode(),
         "other_log"),
    ):  # fmt: skip
        yield Case(name, "outsider", what, whole, (code,), seen=(newest, note))
    for name, log in (
        ("log-other-ledger", origin(SITE, world.plane, ledger)),
        ("log-other-plane", origin(SITE, plane, world.ledger)),
        ("log-other-site", origin("s2", world.plane, world.ledger)),
    ):
        what = f"{log} is demanded"
        yield Case(name, "outsider", what, whole, ("wrong_log",), log=log)


def _key_files(world: World) -> Iterator[Case]:
    whole, own, other = world.export(), world.own, world.other
    name, key_id, key = own.vkey.split("+", 2)
    raw = bytearray(base64.b64decode(key))
    raw[5] ^= 1
    edited = base64.b64encode(bytes(raw)).decode()
    kind = base64.b64encode(b"\x02" + bytes(raw[1:])).decode()
    swapped = signer(other.name, NUMBERS[world.plane]).vkey
    for case, what, keys, codes in (
        ("keys-edited-by-hand", "BOM, CRLF, a comment and empty lines: read all the same",
         f"\ufeff# both planes\r\n\r\n{own.vkey}\r\n{other.vkey}\r\n", ()),
        ("keys-own-alone", "the own key alone is enough", own.vkey, ()),
        ("key-byte", "a byte of the own key is changed", f"{name}+{key_id}+{edited}", ("input",)),
        ("key-renamed", "the own key under another name and the old id",
         f"lmhg-s1-x+{key_id}+{key}", ("input",)),
        ("key-kind", "a key of another kind", f"{name}+{key_id}+{kind}", ("input",)),
        ("key-no-break-space", "a key whose name has a no-break space in it",
         _renamed(own, "lmhg-s1\xa0x"), ("input",)),
        ("key-next-line", "a key whose name has a next-line character in it",
         _renamed(own, "lmhg-s1\x85x"), ("input",)),
        ("key-noise", "a line that is no key", f"{own.vkey}\nnoise\n", ("input",)),
        ("keys-none", "no key at all", "# nothing\n", ("input",)),
        ("keys-swapped", "the own key published under the other plane's name",
         f"{swapped}\n", ("checkpoint",)),
        ("keys-other-alone", "the other plane's key alone", other.vkey, ("checkpoint",)),
    ):  # fmt: skip
        yield Case(case, "outsider" if codes else "nobody", what, whole, codes, keys=keys.encode())
    itself = f"{own.vkey}\n{swapped}\n".encode()
    twin = world.export(
        note=cosign(world.note(world.entries), signer(other.name, NUMBERS[world.plane]))
    )
    yield Case("keys-one-for-two", "own key", "its own key under the other plane's name too: no witness",
               twin, ("input",), keys=itself, signers=(other.name,))  # fmt: skip
    yield Case("keys-not-utf8", "outsider", "a key file that is no text", whole, ("input",),
               keys=b"\xff\xfe\x00")  # fmt: skip


def _renamed(own: NoteSigner, name: str) -> str:
    """A published key under another name, with the id that fits it."""
    encoded = own.vkey.split("+", 2)[2]
    named = key_id(name, base64.b64decode(encoded)[1:])
    return f"{own.vkey}\n{name}+{named.hex()}+{encoded}\n"


def _unknown(count: int) -> str:
    """Signature lines of keys that nobody knows, 76 bytes each like those of cosignature/v1."""
    blob = base64.b64encode(b"w" * 76).decode()
    return "".join(f"— w{n}.example {blob}\n" for n in range(count))


def _length(file: bytes, by: int) -> bytes:
    head, _, rest = file.partition(b"\n")
    return b"lmhg-ledger/1 %d\n" % (int(head.split()[1]) + by) + rest
