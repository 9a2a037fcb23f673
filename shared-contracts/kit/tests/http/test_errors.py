"""Errors: one table, no driver text, words that help."""

import inspect
import logging

import httpx
import pytest

from lmhg_kit import errors
from lmhg_kit.http.errors import STATUSES, TABLE, Answer, answer_for

SECRET_TEXT = "Zebulon Quillfeather"
BOOT_ONLY = {
    errors.SettingMissing,
    errors.SettingRefused,
    errors.KeyUnknown,
    errors.SealBroken,
}


def test_every_error_class_has_a_row_or_never_meets_a_visitor() -> None:
    """A new error class without words fails here."""
    classes = {
        found
        for _, found in inspect.getmembers(errors, inspect.isclass)
        if issubclass(found, errors.LmhgError)
    }
    assert classes - BOOT_ONLY == set(TABLE) - {Exception}


@pytest.mark.parametrize("answer", [*TABLE.values(), *STATUSES.values()])
def test_every_answer_says_what_happened_what_was_kept_and_what_next(answer: Answer) -> None:
    """Each of the three sentences ends like one."""
    assert all(text.endswith(".") for text in (answer.happened, answer.kept, answer.next))
    assert 400 <= answer.status < 600


def test_base_class_stands_in_for_a_new_domain_error() -> None:
    """A domain error defined later is a 400, not a crash."""

    class Fresh(errors.LmhgError):
        """Defined after the table."""

    assert answer_for(Fresh("fresh")).status == 400


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [("conflict", 409, "stale"), ("invalid", 422, "form_invalid"), ("slow", 429, "sign_in")],
)
async def test_domain_errors_keep_their_code(
    client: httpx.AsyncClient, how: str, status: int, code: str
) -> None:
    """A program reads the stable code; a person reads a sentence."""
    answer = await client.get(f"/fail/{how}", headers={"accept": "application/json"})
    problem = answer.json()["error"]
    assert (answer.status_code, problem["code"]) == (status, code)
    assert problem["message"].endswith(".")
    assert (answer.headers.get("retry-after") == "7") == (how == "slow")


@pytest.mark.usefixtures("json_logs")
async def test_crash_shows_and_logs_no_text_of_the_error(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A driver's message stays out of page and log; the request id is in both."""
    with caplog.at_level(logging.DEBUG):
        answer = await client.get("/fail/crash")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.text
    written = capsys.readouterr()
    assert "RuntimeError" in written.out
    assert SECRET_TEXT not in answer.text + written.out + written.err + caplog.text


async def test_bad_query_value_is_named_and_not_repeated(client: httpx.AsyncClient) -> None:
    """The field is named; what was typed is not repeated."""
    answer = await client.get(
        "/number", params={"n": SECRET_TEXT}, headers={"accept": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"] == {"n": "This value does not work."}
    assert SECRET_TEXT not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nope", 404), ("PUT", "/open", 405)]
)
async def test_unknown_addresses_get_a_page_with_headers(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    """Even an address that does not exist answers in our own words."""
    answer = await client.request(method, path)
    assert answer.status_code == status
    assert "Nothing was changed." in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
