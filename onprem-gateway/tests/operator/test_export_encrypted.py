"""An export of everything that only the wanted keys open: all of it is in there, and no part passes for it."""

import asyncio
import io
import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pyrage
import pytest

from lmhg_gateway.features.leaving.places import PlainFolder, SealedFile, recipients_of
from lmhg_kit.errors import Conflict, Invalid
from lmhg_stack.process import wait_until
from lmhg_stack.testing import PlaneDatabase

from .test_export_everything import (  # noqa: TID252 - beside this file
    NAME,
    approve,
    export,
    filled,
    keyring_file,
    sums,
)

__all__ = ["filled", "keyring_file"]
Identity = pyrage.x25519.Identity


def opened(data: bytes, *keys: Identity) -> zipfile.ZipFile:
    """The archive in an encrypted file."""
    out = io.BytesIO()
    pyrage.decrypt_io(io.BytesIO(data), out, list(keys))
    return zipfile.ZipFile(out)


def written(target: Path, *keys: Identity, files: dict[str, bytes]) -> SealedFile:
    """An encrypted file with these files, not ended yet."""
    place = SealedFile(target, recipients_of([str(each.to_public()) for each in keys]))
    for path, data in files.items():
        with place.new(path) as out:
            out.write(data)
    return place


FILES = {"a/one.bin": os.urandom(3_000_000), "two.txt": b"", "three.csv": b"x,y\n" * 50_000}


async def test_everything_is_in_one_file_that_each_of_two_keys_opens(
    filled: PlaneDatabase, keyring_file: Path, tmp_path: Path
) -> None:
    """The command says its hash; what is in it has the hashes of its list; nothing in plain is left on the disk."""
    ours, theirs = Identity.generate(), Identity.generate()
    await approve(filled)
    target = tmp_path / "out" / "all.zip.age"
    to = [f"--encrypt-to={each.to_public()}" for each in (ours, theirs)]
    done = await asyncio.to_thread(export, filled, keyring_file, target, *to)
    assert done.returncode == 0, done.stderr
    assert [each.name for each in target.parent.iterdir()] == ["all.zip.age"]
    assert target.stat().st_mode & 0o777 == 0o600
    data = target.read_bytes()
    assert NAME.encode() not in data
    said = await asyncio.to_thread(subprocess.check_output, ["sha256sum", target], text=True)
    assert f"the encrypted file has SHA-256 {said.split()[0]}" in done.stderr + done.stdout
    for each in (ours, theirs):
        folder = tmp_path / str(each.to_public())
        opened(data, each).extractall(folder)
        assert sums(folder).returncode == 0
        clients = (folder / "tables" / "practice.client.jsonl").read_text()
        assert NAME in clients
        assert {"ledgers", "tables"} <= {path.name for path in folder.iterdir()}
    with pytest.raises(pyrage.DecryptError):
        opened(data, Identity.generate())


async def test_text_that_is_no_key_is_refused_before_anything_is_written(
    filled: PlaneDatabase, keyring_file: Path, tmp_path: Path
) -> None:
    """A private key, a typing error, too many: a sentence, without the key."""
    secret = str(Identity.generate())
    for wrong in (secret, "age1nobody"):
        done = await asyncio.to_thread(
            export, filled, keyring_file, tmp_path / "all.age", f"--encrypt-to={wrong}"
        )
        assert (done.returncode, "public key of age" in done.stderr) == (1, True)
        assert wrong not in done.stderr + done.stdout
    assert not list(tmp_path.iterdir())
    many = [str(Identity.generate().to_public())] * 21
    with pytest.raises(Invalid, match="leaving_recipient"):
        recipients_of(many)


def test_encrypted_file_has_the_same_bytes_and_a_plain_folder_the_same_list(tmp_path: Path) -> None:
    """What goes in comes out, in both forms, with the same hashes."""
    key = Identity.generate()
    sealed = written(tmp_path / "all.age", key, files=FILES)
    sealed.end()
    archive = opened((tmp_path / "all.age").read_bytes(), key)
    assert {each: archive.read(each) for each in archive.namelist()} == FILES
    plain = PlainFolder(tmp_path / "all")
    for path, data in FILES.items():
        with plain.new(path) as out:
            out.write(data)
    plain.end()
    assert plain.sums == sealed.sums
    with pytest.raises(Conflict):
        SealedFile(tmp_path / "all.age", [])


def test_no_part_of_a_file_opens(tmp_path: Path) -> None:
    """Cut off at its end by one byte, by a chunk, or by half: refused."""
    key = Identity.generate()
    written(tmp_path / "all.age", key, files=FILES).end()
    data = (tmp_path / "all.age").read_bytes()
    for size in (len(data) - 1, len(data) - 70_000, len(data) // 2):
        with pytest.raises((OSError, pyrage.DecryptError)):
            opened(data[:size], key)


def test_run_that_fails_leaves_no_file_and_what_was_begun_is_no_whole_one(tmp_path: Path) -> None:
    """Given up amid a file: nothing is there by the wanted name, no thread is left, and the part that was there is cut."""
    key, target = Identity.generate(), tmp_path / "all.age"
    place = written(target, key, files=FILES)
    begun = target.with_name("all.age.unfinished")
    assert not target.exists()
    part = begun.open("rb")
    place.give_up()
    assert list(tmp_path.iterdir()) == []
    assert "age" not in {each.name for each in threading.enumerate()}
    with part, pytest.raises((OSError, pyrage.DecryptError)):
        opened(part.read(), key)


KILLED = (
    "import sys, time\n"
    "from pathlib import Path\n"
    "from lmhg_gateway.features.leaving.places import SealedFile, recipients_of\n"
    "place = SealedFile(Path(sys.argv[1]), recipients_of([sys.argv[2]]))\n"
    "import os\n"
    "with place.new('one') as out:\n"
    "    while True:\n"
    "        out.write(os.urandom(1_000_000))\n"
)


def test_killed_run_leaves_what_no_one_takes_for_the_whole(tmp_path: Path) -> None:
    """Killed amid writing: only the unfinished part is there, it does not open, and the next run begins again."""
    key, target = Identity.generate(), tmp_path / "all.age"
    begun = target.with_name("all.age.unfinished")
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(target), str(key.to_public())])
    try:
        wait_until(lambda: begun.exists() and begun.stat().st_size > 3_000_000, "some of the file")
    finally:
        child.kill()
        child.wait()
    assert not target.exists()
    with pytest.raises((OSError, pyrage.DecryptError)):
        opened(begun.read_bytes(), key)
    written(target, key, files=FILES).end()
    assert [each.name for each in tmp_path.iterdir()] == ["all.age"]
    assert set(opened(target.read_bytes(), key).namelist()) == set(FILES)
