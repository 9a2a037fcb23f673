"""The access log in words: no act, kind or purpose of the code is shown as it is written there."""

import ast
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

import lmhg_gateway
import lmhg_kit
from lmhg_contracts.ledger.entries import AccessEntry
from lmhg_gateway.features.access_log.act_words import (
    ACTS,
    KINDS,
    act_words,
    column_words,
    counted,
    kind_words,
)
from lmhg_gateway.features.access_log.purpose_words import PURPOSES, purpose_words
from lmhg_gateway.features.access_log.views import lines
from lmhg_gateway.features.staff.public import who_words
from lmhg_kit.persistence import Base

SOURCES = (*lmhg_gateway.__path__, *lmhg_kit.__path__)
CODE = re.compile(r"[a-z0-9]+(?:[._][a-z0-9]+)+")
INNER = re.compile(r"(?i)oauth|exemption|canary|mfa|totp|kept_|glass|\bpush\b|_|\.")
"""Words of the code, and marks that no sentence has."""
ROBIN, APP, CLIENT, GONE = (str(uuid.UUID(int=n)) for n in (901, 902, 903, 904))


def calls() -> Iterator[ast.Call]:
    """Every call in the source of the gateway and of what it shares."""
    for folder in map(Path, SOURCES):
        for path in folder.rglob("*.py"):
            tree = ast.parse(path.read_text())
            yield from (each for each in ast.walk(tree) if isinstance(each, ast.Call))


def named(call: ast.Call) -> str:
    """The last part of what is called."""
    called = call.func
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def texts(value: ast.expr | None) -> Iterator[str]:
    """The texts that an argument may be."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from texts(value.body)
        yield from texts(value.orelse)


def acts() -> set[str]:
    """What is put on record by `audit`."""
    return {text for call in calls() if named(call) == "audit" for text in texts(call.args[0])}


def purposes() -> set[str]:
    """Why a unit of work is begun, where it is a code."""
    found: set[str] = set()
    for call in calls():
        if named(call) in {"reading", "writing", "uow", "read"} and len(call.args) > 1:
            found |= set(texts(call.args[1]))
        for keyword in call.keywords:
            if keyword.arg == "purpose":
                found |= set(texts(keyword.value))
    return {text for text in found if CODE.fullmatch(text)}


def kinds() -> set[str]:
    """Every table, and what `audit` names beside them."""
    audited = (
        text
        for call in calls()
        if named(call) == "audit"
        for keyword in call.keywords
        if keyword.arg == "kind"
        for text in texts(keyword.value)
    )
    return {table.name for table in Base.metadata.tables.values()} | set(audited)


def test_every_act_and_purpose_of_the_code_has_words() -> None:
    """A new one is added to its table; what is found shows that the reader of the source works."""
    assert {"sign_in_at", "read", "export"} <= acts()
    assert acts() - ACTS.keys() == set()
    assert {"oauth.authorize", "client.view"} <= purposes()
    assert purposes() - PURPOSES.keys() == set()


def test_no_word_of_the_code_is_left_in_any_sentence() -> None:
    """Neither in the tables nor where a kind is said by its own name."""
    said = [*ACTS.values(), *PURPOSES.values(), *map(kind_words, kinds())]
    assert [each for each in said if INNER.search(each)] == []
    assert KINDS.keys() <= kinds()
    assert INNER.search("Oauth authorize")


@pytest.mark.parametrize(
    ("count", "kind", "said"),
    [
        (1, "referral_move", "1 referral step"),
        (3, "delivery", "3 messages from IntakeQ"),
        (2, "exemption", "2 approvals to share"),
        (2, "kept_back", "2 records kept in the office"),
        (4, "referral", "4 referrals"),
    ],
)
def test_records_are_counted_by_their_noun(count: int, kind: str, said: str) -> None:
    """The noun has its plural, not the last word."""
    assert counted(count, kind) == said


@pytest.mark.parametrize(
    ("actor", "said"),
    [
        (ROBIN, "Robin Vance"),
        (GONE, "A former colleague"),
        ("process: worker", "Background program (worker)"),
        ("process:sign_in", "Background program (sign in)"),
        ("operator", "System operator"),
        ("operator: sweep", "System operator"),
        ("policy: redaction", "Set by policy"),
        ("client: portal", "Connected app (portal)"),
        ("", ""),
    ],
)
def test_who_acted_is_no_id_and_no_code(actor: str, said: str) -> None:
    """A colleague by name, a program by what it is."""
    assert who_words(actor, {ROBIN: "Robin Vance"}) == said


def entry(act: str, kind: str, *ids: str, purpose: str) -> AccessEntry:
    """One entry of the access ledger."""
    return AccessEntry(
        act=act, actor=ROBIN, at="2026-11-28T15:00:00.000000Z", columns=(), n=1, outcome="done",
        purpose=purpose, request_id="", subject_ids=ids, subject_kind=kind, zone="inside",
    )  # fmt: skip


def test_line_names_colleagues_and_apps_and_numbers_clients() -> None:
    """A client's name is on the report, which is a look by itself; no line shows an id."""
    found = [
        entry("sign_in_at", "oauth_client", APP, purpose="oauth.authorize"),
        entry("roles", "account", ROBIN, purpose="people.roles"),
        entry("read", "client", CLIENT, purpose="client.view"),
    ]
    app, account, client = lines(found, {ROBIN: "Robin Vance", CLIENT: "x"}, {APP: "The portal"})
    assert (app.act, app.purpose) == ("Signed in to an app", "Signing in to an app")
    assert (app.records, app.subjects[0].label) == ("1 connected app", "The portal")
    assert (account.act, account.subjects[0].label) == ("Changed roles", "Robin Vance")
    assert re.fullmatch(r"C-[0-9A-Z]{4}", client.subjects[0].label)
    assert client.subjects[0].href == f"/compliance/access/clients/{CLIENT}"
    assert [column_words(each) for each in ("body", "phone_sealed")] == ["text", "phone"]
    assert purpose_words("canary sweep") == "Leak check"
    assert purpose_words("unknown.purpose") == "Unknown purpose"
    assert act_words("unknown") == "Not known yet"
