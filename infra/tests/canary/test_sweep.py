"""The sweep sees a token planted in each place it looks at: the control without which "clean" says nothing."""

import asyncio
import io
import smtplib
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import asyncpg
import nats
import pytest

from lmhg_gateway.adapters.canary import store_client
from lmhg_stack.canary.sweep import Report, store, sweep
from lmhg_stack.canary.tokens import Canary
from lmhg_stack.process import base_env, script
from lmhg_stack.stack import Stack

PLANT = Canary("planted")
HIDDEN = PLANT.word("never planted")


async def look(stack: Stack, place: str) -> Report:
    """Sweep for the token of one place, and for one that is nowhere."""
    return await sweep(stack.facts, [PLANT.word(place), HIDDEN])


def assert_only(report: Report, place: str) -> None:
    """The token was found there and nowhere else."""
    found = {name for name, looked in report.places.items() if looked.findings}
    assert found == {place}
    assert all(HIDDEN not in finding for finding in report.places[place].findings)


async def test_an_unplanted_token_is_nowhere(stack: Stack):
    """Every place was looked at, and is clean."""
    report = await sweep(stack.facts, [HIDDEN])
    assert report.is_clean
    assert all(report.places[name].items for name in ("cloud database", "broker", "logs"))


@pytest.mark.parametrize("column", ["text", "bytea", "jsonb"])
async def test_a_token_in_the_cloud_database_is_found(stack: Stack, column: str):
    """In text, in bytes and in JSON."""
    connection = await asyncpg.connect(stack.facts["databases"]["cloud"]["superuser"])
    values = {"text": "'{}'", "bytea": "'{}'::bytea", "jsonb": '\'{{"a": "{}"}}\''}
    value = values[column].format(PLANT.word("cloud database"))
    try:
        await connection.execute(f"CREATE TABLE public.planted (body {column})")
        await connection.execute(f"INSERT INTO public.planted VALUES ({value})")
        assert_only(await look(stack, "cloud database"), "cloud database")
    finally:
        await connection.execute("DROP TABLE public.planted")
        await connection.close()


async def test_a_token_in_the_broker_is_found(stack: Stack):
    """In whatever the broker keeps on disk."""
    facts = stack.facts
    keys = stack.layout.keys
    word = keys.read(keys.password("nats", "provision"))
    client = await nats.connect(facts["addresses"]["nats"], user="provision", password=word)
    stream = client.jetstream()
    try:
        await stream.add_stream(
            name="PLANTED", subjects=["planted"], description=PLANT.word("broker")
        )
        assert_only(await look(stack, "broker"), "broker")
    finally:
        await stream.delete_stream("PLANTED")
        await client.close()


async def test_a_token_in_the_cloud_bucket_is_found(stack: Stack, tmp_path: Path):
    """In an object's bytes; by the product's own command too, which then fails and records it."""
    address, secret_key = store(stack.facts, "cloud")
    name = stack.facts["buckets"]["cloud"]["bucket"]
    content = f"a file with {PLANT.word('cloud bucket')}".encode()
    with store_client(address, secret_key) as client:
        client.put_object(name, "planted", io.BytesIO(content), len(content))
        try:
            assert_only(await look(stack, "cloud bucket"), "cloud bucket")
            found = await swept(stack, tmp_path, "cloud bucket")
        finally:
            client.remove_object(name, "planted")
    assert (found.returncode, "it found tokens" in found.stderr) == (1, True)
    clean = await swept(stack, tmp_path, "cloud bucket")
    assert (clean.returncode, clean.stderr) == (0, "")


async def swept(stack: Stack, folder: Path, place: str) -> subprocess.CompletedProcess[str]:
    """`lmhg-gateway sweep` over the cloud's bucket for the token of a place."""
    (folder / "tokens").write_text(f"{PLANT.word(place)}\n")
    access = stack.facts["buckets"]["cloud"]
    argv = [
        script("lmhg-gateway"), "sweep", f"--tokens-file={folder / 'tokens'}",
        f"--bucket={place}={store(stack.facts, 'cloud')[0]}",
        f"--bucket-secret-file={access['secret_key_file']}",
    ]  # fmt: skip
    env = {**base_env(), "LMHG_DATABASE_URL": stack.facts["databases"]["onprem"]["gw_worker"]}
    run = partial(subprocess.run, argv, env=env, capture_output=True, text=True, check=False)
    return await asyncio.to_thread(run)


@pytest.fixture
def planted_log(stack: Stack) -> Iterator[Path]:
    """A log file with a token in it."""
    file = stack.layout.log("planted")
    file.write_text(f'{{"event": "{PLANT.word("logs")}"}}\n')
    yield file
    file.unlink()


@pytest.mark.usefixtures("planted_log")
async def test_a_token_in_a_log_is_found(stack: Stack):
    """In a line that a process might have written."""
    assert_only(await look(stack, "logs"), "logs")


async def test_a_token_in_a_metrics_page_is_found(stack: Stack):
    """Metrics are read over HTTP; the mail sink's page takes the place of a careless process."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "a@lmhg.test", "b@lmhg.test"
    mail["Subject"] = PLANT.word("metrics")
    host, port = stack.facts["addresses"]["smtp"].removeprefix("smtp://").split(":")
    with smtplib.SMTP(host, int(port)) as client:
        client.send_message(mail)
    facts = stack.facts
    facts["metrics"] = {"careless": f"{facts['addresses']['mail']}/?page="}
    report = await sweep(facts, [PLANT.word("metrics")])
    assert report.places["metrics"].findings
    assert report.places["mail"].findings
