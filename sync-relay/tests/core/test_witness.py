"""The witness: cosigns what extends what it has seen, and alarms about everything else."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lmhg_contracts.ledger.checkpoint import Checkpoint, cosign, origin, sign, signed_by
from lmhg_contracts.ledger.tree import (
    Frontier,
    consistency_proof,
    leaf_hash,
    subtree_of_leaves,
)
from lmhg_contracts.wire import Heartbeat, LedgerNote, ReceiverState, SenderState
from lmhg_relay.core.commands import Alarm, ReadCosigned, ReadOwnRoot, RecordShown, StoreCosignature
from lmhg_relay.core.events import CosignedRead, OwnRootRead
from lmhg_relay.core.witness import STALE_OFFERS, STALE_S, Witness
from lmhg_relay.sim.keys import identity

CLOUD = identity("cloud", batch_entries=2, read_rows=2)
ONPREM = identity("onprem", batch_entries=2, read_rows=2)
ORIGIN = origin("sim", "onprem", "relay")
LEAVES = [leaf_hash(bytes([n])) for n in range(40)]


def note(leaves: list[bytes], *, name: str = ORIGIN) -> str:
    """The on-prem half's signed checkpoint over some leaves."""
    frontier = Frontier()
    frontier.append_many(leaves)
    return sign(Checkpoint(name, len(leaves), frontier.root()), ONPREM.ledger_signer)


def beat(*notes: LedgerNote, cosigned: tuple[str, ...] = (), restores: int = 0) -> Heartbeat:
    """A heartbeat that offers notes."""
    return Heartbeat(
        site="sim", plane="onprem", epoch=1, restores=restores, known_restores=0, restoring=False,
        at="", nonce=bytes(16), echo=None,
        sender=SenderState("down", 0, 1, bytes(32), 0, 0),
        receiver=ReceiverState("up", 0, 0, bytes(32), None),
        notes=notes, cosigned=cosigned,
    )  # fmt: skip


def offer(old: int, leaves: list[bytes]) -> LedgerNote:
    """A checkpoint with its proof from an older size."""
    proof = consistency_proof(old, len(leaves), subtree_of_leaves(leaves)) if old else []
    return LedgerNote(note(leaves), old, tuple(proof))


def witness_of(size: int) -> Witness:
    """A witness that has cosigned a ledger of this size."""
    made = Witness(CLOUD)
    commands = made.on_heartbeat(beat(offer(0, LEAVES[:size])), peer_restored=False, mono=0.0)
    assert [type(command) for command in commands] == [StoreCosignature]
    return made


def test_an_extension_is_cosigned_and_the_signature_is_kept_by_its_owner() -> None:
    """Both keys are on the note that goes back, and the owner stores it."""
    made = witness_of(7)
    made.on_heartbeat(beat(offer(7, LEAVES[:40])), peer_restored=False, mono=0.0)
    (cosigned,) = made.notes()
    assert signed_by(cosigned, [CLOUD.ledger_signer.verifier])
    owner = Witness(ONPREM)
    frontier = Frontier()
    frontier.append_many(LEAVES)
    owner.offer(ORIGIN, 40, frontier.root())
    reply = replace_plane(beat(cosigned=(cosigned,)))
    commands = owner.on_heartbeat(reply, peer_restored=False, mono=0.0)
    assert [type(command) for command in commands] == [RecordShown, StoreCosignature]
    assert owner.cosigned == {ORIGIN: 40}
    again = owner.on_heartbeat(reply, peer_restored=False, mono=0.0)
    assert [type(command) for command in again] == [RecordShown]


@pytest.mark.found(
    "P1", "what the portal says it has witnessed is written down even if our ledger is smaller"
)
def test_what_the_peer_witnessed_is_told_whatever_our_ledger_says() -> None:
    """A process whose ledger was cut has no such root: the word of the peer is kept all the same."""
    both = cosign(note(LEAVES[:9]), CLOUD.ledger_signer)
    owner = Witness(ONPREM)
    shown, asked = owner.on_heartbeat(
        replace_plane(beat(cosigned=(both,))), peer_restored=False, mono=0.0
    )
    assert isinstance(shown, RecordShown)
    assert (shown.origin, shown.size, shown.note) == (ORIGIN, 9, both)
    assert isinstance(asked, ReadOwnRoot)


def replace_plane(sent: Heartbeat) -> Heartbeat:
    """The same heartbeat, by the cloud's half."""
    import msgspec

    return msgspec.structs.replace(sent, plane="cloud")


OTHER = [*LEAVES[:5], leaf_hash(b"rewritten"), *LEAVES[6:]]
FORKS = {
    "cut off": offer(0, LEAVES[:4]),
    "two roots of one size": offer(0, OTHER[:7]),
    "rewritten": offer(7, OTHER[:20]),
    "no proof": LedgerNote(note(LEAVES[:20]), 7, ()),
}


@pytest.mark.parametrize("name", FORKS)
def test_a_fork_is_alarmed_and_not_cosigned(name: str) -> None:
    """Shorter, different, unproven: each is an alarm, and the old checkpoint stays."""
    made = witness_of(7)
    before = made.notes()
    commands = made.on_heartbeat(beat(FORKS[name]), peer_restored=False, mono=0.0)
    assert [command.code for command in commands if isinstance(command, Alarm)] == ["fork"]
    assert made.notes() == before


def test_a_foreign_note_is_refused() -> None:
    """Another origin, another key, no note at all."""
    made = witness_of(7)
    for text in (note(LEAVES[:9], name="lmhg/other/onprem/relay"), "nonsense"):
        commands = made.on_heartbeat(beat(LedgerNote(text, 7, ())), peer_restored=False, mono=0.0)
        assert [type(command) for command in commands] == [Alarm]
    stranger = replace(ONPREM, ledger_signer=CLOUD.ledger_signer)
    frontier = Frontier()
    frontier.append_many(LEAVES[:9])
    text = sign(Checkpoint(ORIGIN, 9, frontier.root()), stranger.ledger_signer)
    commands = made.on_heartbeat(beat(LedgerNote(text, 7, ())), peer_restored=False, mono=0.0)
    assert [type(command) for command in commands] == [Alarm]


def test_a_declared_restore_must_extend_some_checkpoint_we_cosigned() -> None:
    """The branch is joined where it left, with an alarm; a made-up one is a fork."""
    made = witness_of(20)
    branch = OTHER[:12]
    asked = made.on_heartbeat(beat(offer(5, branch), restores=1), peer_restored=True, mono=0.0)
    assert not made.has_joined(1)
    assert [type(command) for command in asked] == [ReadCosigned]
    frontier = Frontier()
    frontier.append_many(LEAVES[:5])
    answer = CosignedRead(
        at=None, mono=0, origin=ORIGIN, size=5, root=frontier.root(), note=note(branch),  # type: ignore[arg-type] - no clock here
        proof=offer(5, branch).proof,
    )  # fmt: skip
    joined = made.on_cosigned_read(answer)
    assert [command.code for command in joined if isinstance(command, Alarm)] == ["peer_restored"]
    assert made.has_joined(1)
    assert not made.has_joined(2)
    refused = made.on_cosigned_read(replace(answer, root=bytes(32)))
    assert [command.code for command in refused if isinstance(command, Alarm)] == ["fork"]


@pytest.mark.found(
    "P1",
    "after a restore each ledger of the other plane is joined by itself, and only then is it over",
)
def test_a_restore_is_over_when_every_ledger_is_joined() -> None:
    """The access ledger that joins first leaves the relay ledger its own way to join."""
    access = origin("sim", "onprem", "access")
    made = witness_of(20)
    made.on_heartbeat(
        beat(LedgerNote(note(LEAVES[:9], name=access), 0, ())), peer_restored=False, mono=0.0
    )
    same = beat(LedgerNote(note(LEAVES[:9], name=access), 0, ()), restores=1)
    assert made.on_heartbeat(same, peer_restored=True, mono=0.0) == []
    assert not made.has_joined(1)
    shorter = beat(offer(5, OTHER[:12]), restores=1)
    (asked,) = made.on_heartbeat(shorter, peer_restored=True, mono=0.0)
    assert isinstance(asked, ReadCosigned)


@pytest.mark.found("P1", "a peer that hides what was witnessed by asking from elsewhere is a fork")
def test_offers_from_elsewhere_are_a_fork_once_they_do_not_stop() -> None:
    """A rewritten ledger with no proof from where we are would wait silently for ever."""
    made = witness_of(7)
    times = [0.0, STALE_S / 2, STALE_S - 1]
    assert len(times) == STALE_OFFERS
    for size, mono in enumerate(times, 20):
        hidden = beat(offer(5, OTHER[:size]))
        assert made.on_heartbeat(hidden, peer_restored=False, mono=mono) == []
    hidden = beat(offer(5, OTHER[:30]))
    (alarm,) = made.on_heartbeat(hidden, peer_restored=False, mono=STALE_S)
    assert isinstance(alarm, Alarm)
    assert alarm.code == "fork"


def test_an_offer_that_is_only_repeated_is_no_fork() -> None:
    """The worker that makes the offers does not move: its relay repeats the last one."""
    made = witness_of(7)
    late = beat(offer(5, LEAVES[:20]))
    for mono in range(0, int(10 * STALE_S), 5):
        assert made.on_heartbeat(late, peer_restored=False, mono=float(mono)) == []


@pytest.mark.found(
    "P1", "after a restore a word about the branch that it cut off is not taken for the new one"
)
def test_a_word_of_the_branch_that_was_cut_off_is_not_kept() -> None:
    """Of a ledger that another process keeps only what was offered since the start counts by then."""
    access = origin("sim", "onprem", "access")
    old, fresh = note(LEAVES[:20], name=access), note(OTHER[:12], name=access)
    owner = Witness(ONPREM)
    owner.unsettled_at = datetime.now(UTC)
    owner.offer_note(fresh)

    def said(text: str) -> list[type]:
        word = replace_plane(beat(cosigned=(cosign(text, CLOUD.ledger_signer),)))
        commands = owner.on_heartbeat(word, peer_restored=False, mono=0.0)
        return [type(command) for command in commands]

    assert said(old) == [RecordShown]
    assert said(fresh) == [RecordShown, StoreCosignature]
    assert owner.cosigned == {access: 12}
    owner.unsettled_at = None
    assert said(old) == [RecordShown, StoreCosignature]


def test_offers_from_elsewhere_are_forgotten_once_it_goes_on() -> None:
    """The control: a peer that heard us late is no fork."""
    made = witness_of(7)
    late = beat(offer(5, LEAVES[:20]))
    for mono in (0.0, 1.0, 2.0):
        assert made.on_heartbeat(late, peer_restored=False, mono=mono) == []
    (cosigned,) = made.on_heartbeat(beat(offer(7, LEAVES[:20])), peer_restored=False, mono=3.0)
    assert isinstance(cosigned, StoreCosignature)
    later = beat(offer(7, LEAVES[:30]))
    assert made.on_heartbeat(later, peer_restored=False, mono=3 * STALE_S) == []


@pytest.mark.found(
    "P1", "while a declared restore is not joined the word of the portal says since when"
)
def test_the_word_says_since_when_a_restore_is_not_settled() -> None:
    """Only the relay's own memory of a restore excuses a word that does not fit."""
    both = cosign(note(LEAVES[:9]), CLOUD.ledger_signer)
    owner = Witness(ONPREM)
    owner.unsettled_at = datetime.now(UTC)
    shown, _ = owner.on_heartbeat(
        replace_plane(beat(cosigned=(both,))), peer_restored=False, mono=0.0
    )
    assert isinstance(shown, RecordShown)
    assert shown.unsettled_at == owner.unsettled_at


def test_a_cosignature_from_before_our_start_is_checked_against_the_ledger() -> None:
    """A new process has offered nothing yet: the database says whether it had that root."""
    both = cosign(note(LEAVES[:9]), CLOUD.ledger_signer)
    owner = Witness(ONPREM)
    asked = owner.on_heartbeat(replace_plane(beat(cosigned=(both,))), peer_restored=False, mono=0.0)
    assert [type(command) for command in asked] == [RecordShown, ReadOwnRoot]
    frontier = Frontier()
    frontier.append_many(LEAVES[:9])
    answer = OwnRootRead(at=None, mono=0, size=9, root=bytes(32), note=both)  # type: ignore[arg-type] - no clock here
    (alarm,) = owner.on_own_root(answer)
    assert isinstance(alarm, Alarm)
    assert alarm.code == "own_ledger_differs"
    assert owner.cosigned == {}
    assert owner.on_own_root(replace(answer, root=None)) == [alarm]
    owner.unsettled_at = datetime.now(UTC)
    assert owner.on_own_root(answer) == []
    assert owner.cosigned == {}
    kept = owner.on_own_root(replace(answer, root=frontier.root()))
    assert [type(command) for command in kept] == [StoreCosignature]
    again = owner.on_heartbeat(replace_plane(beat(cosigned=(both,))), peer_restored=False, mono=0.0)
    assert [type(command) for command in again] == [RecordShown]


REFUSED = {
    "noise": "noise",
    "not by the peer": note(LEAVES[:9]),
    "not by us": sign(Checkpoint(ORIGIN, 9, bytes(32)), CLOUD.ledger_signer),
    "another log's": cosign(note(LEAVES[:9], name="other"), CLOUD.ledger_signer),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_cosignature_that_is_none_is_refused(name: str) -> None:
    """Both keys, and a log of ours; anything else is an alarm and is not kept."""
    owner = Witness(ONPREM)
    sent = replace_plane(beat(cosigned=(REFUSED[name],)))
    (command,) = owner.on_heartbeat(sent, peer_restored=False, mono=0.0)
    assert isinstance(command, Alarm)
    assert command.code == "cosignature_refused"
    assert owner.cosigned == {}
