"""Logs: ids and codes only; a value or a driver's text cannot get in."""

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_kit import logs
from lmhg_kit.errors import Unavailable

CANARY = "Zqcanary"


def written(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """The last line on stderr."""
    return json.loads(capsys.readouterr().err.strip().splitlines()[-1])


def fail() -> None:
    """A driver's failure, as an adapter passes it on."""
    raise Unavailable(phase="store") from ValueError(f"Failing row contains ({CANARY})")


def test_unknown_key_is_dropped_and_its_name_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """Someone who logs a name logs that there was one."""
    logs.configure(process="test")
    logs.get_logger().info("client.saved", record_id="1", legal_name=CANARY)
    line = written(capsys)
    assert line["dropped"] == ["legal_name"]
    assert CANARY not in json.dumps(line)
    assert line["record_id"] == "1"


def test_exception_leaves_as_class_code_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    """Driver text repeats row values; it never reaches a log."""
    logs.configure(process="test")
    try:
        fail()
    except Unavailable as failure:
        logs.get_logger().error("broken", exc_info=failure)
    line = written(capsys)
    assert (line["error"], line["code"]) == ("Unavailable", "unavailable")
    assert CANARY not in json.dumps(line)


def test_step_that_failed_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Someone who reads the log of a server far away has nothing else to go by."""
    logs.configure(process="test")
    logs.get_logger().error("broken", exc_info=Unavailable("tray_mailbox", phase="login"))
    line = written(capsys)
    assert (line["code"], line["phase"]) == ("tray_mailbox", "login")


def test_library_message_is_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    """A library's record is known by its logger, not by its words."""
    logs.configure(process="test")
    logging.getLogger("some.library").error("row is %s", CANARY)
    line = written(capsys)
    assert (line["logger"], CANARY in json.dumps(line)) == ("some.library", False)


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=400), max_size=6))
def test_no_key_outside_the_list_survives(fields: dict[str, str]) -> None:
    """The list is the whole vocabulary, and no value is long."""
    kept = logs.redact(None, "info", dict(fields))
    assert set(kept) <= logs.ALLOWED_KEYS | {"dropped"}
    assert all(len(str(value)) <= logs.VALUE_MAX for key, value in kept.items() if key != "dropped")
