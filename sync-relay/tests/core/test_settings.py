"""Settings, health page and command line: a missing setting is named, nothing is guessed."""

import asyncio
from pathlib import Path

import pytest

from lmhg_relay import cli
from lmhg_relay.migrate import driver_url, scripts
from lmhg_relay.observe import Metrics, PrivatePage
from lmhg_relay.settings import EXAMPLES, Environment, SettingMissing, SettingWrong, read_settings
from lmhg_stack.ports import free_ports


@pytest.mark.parametrize("name", ["PLANE", "SITE", "DATABASE_URL", "NATS_URL"])
def test_a_missing_setting_is_named_with_an_example(name: str) -> None:
    """The operator reads which one, and what it looks like."""
    with pytest.raises(SettingMissing, match=f"LMHG_{name} is not set") as missing:
        Environment({}).get(name)
    assert EXAMPLES[name] in str(missing.value)


def test_a_wrong_setting_is_named() -> None:
    """A plane that is none, a number that is none, a key that is none."""
    with pytest.raises(SettingWrong, match="LMHG_PLANE"):
        Environment({"LMHG_PLANE": "moon"}).plane()
    with pytest.raises(SettingWrong, match="LMHG_VERDICT_LIMIT_S"):
        Environment({"LMHG_VERDICT_LIMIT_S": "soon"}).number("VERDICT_LIMIT_S", 30)
    with pytest.raises(SettingMissing):
        read_settings({"LMHG_PLANE": "onprem"})


def test_the_command_line_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 2, and the name on stderr."""
    for name in EXAMPLES:
        monkeypatch.delenv(f"LMHG_{name}", raising=False)
    assert cli.main(["run", "--plane", "onprem"]) == 2
    assert "LMHG_SITE is not set" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main(["dance"])


def test_migrations_are_found_and_speak_to_one_driver() -> None:
    """From a checkout as from a wheel; another database is refused."""
    assert (scripts() / "env.py").is_file()
    assert driver_url("postgresql://a:b@h/d") == "postgresql+asyncpg://a:b@h/d"
    with pytest.raises(ValueError, match="database_url_scheme"):
        driver_url(f"sqlite:///{Path('x')}")


async def _get(port: int, path: str) -> tuple[str, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\n\r\n".encode())
    text = (await reader.read()).decode()
    writer.close()
    head, _, body = text.partition("\r\n\r\n")
    return head.split("\r\n", maxsplit=1)[0], body


async def test_the_private_page_tells_health_and_metrics() -> None:
    """Live always, ready when serving, metrics by name, nothing else."""
    ready = False
    page = PrivatePage(Metrics(), causes=lambda: [] if ready else ["broker_away"])
    port = free_ports(1)[0]
    await page.open("127.0.0.1", port)
    assert await _get(port, "/health/live") == ("HTTP/1.1 200 OK", '{"status":"live"}')
    assert (await _get(port, "/health/ready"))[0] == "HTTP/1.1 503 Service Unavailable"
    ready = True
    assert (await _get(port, "/health/ready"))[0] == "HTTP/1.1 200 OK"
    assert "lmhg_relay_open_batches" in (await _get(port, "/metrics"))[1]
    assert (await _get(port, "/other"))[0] == "HTTP/1.1 404 Not Found"
    assert (await _get(port, "nonsense"))[0] == "HTTP/1.1 404 Not Found"
    await page.close()
