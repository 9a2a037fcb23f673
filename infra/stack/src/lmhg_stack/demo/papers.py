"""The demo's documents: a letter and a card of invented people, drawn by code, on a few clients and referrals."""

import asyncio
import os
import struct
import sys
import zlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from sqlalchemy import select

from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.documents.forms import Label, NewDocument
from lmhg_gateway.features.documents.service import add
from lmhg_gateway.features.referrals.models import Referral
from lmhg_gateway.features.uploads.service import append, create, spool_key
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import Actor, Database, Keyring
from lmhg_kit.persistence.install import owner_for
from lmhg_kit.persistence.sealing import install
from lmhg_stack.people import member

DESK = "front@lmhg.test"
CLIENTS = 6
"""How many clients have papers."""


def pdf(text: str) -> bytes:
    """A letter of one line."""
    stream = f"BT /F1 18 Tf 60 700 Td ({text}) Tj ET".encode()
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>"
    )
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        b"<< /Length " + str(len(stream)).encode() + b" >>\nstream\n" + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    made, places = bytearray(b"%PDF-1.4\n"), list[int]()
    for number, each in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n".encode() + each + b"\nendobj\n"
    start, count = len(made), len(objects) + 1
    made += f"xref\n0 {count}\n0000000000 65535 f \n".encode()
    made += b"".join(f"{at:010} 00000 n \n".encode() for at in places)
    made += f"trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(made)


def png(width: int = 340, height: int = 214) -> bytes:
    """A card: a band of color on a light ground."""
    rows = b"".join(
        b"\0" + bytes((30, 90, 120) if row < height // 4 else (236, 240, 242)) * width
        for row in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


PAPERS: tuple[tuple[str, Label, str, bytes], ...] = (
    ("Referral letter", "referral_letter", "letter.pdf", pdf("An invented letter of referral")),
    ("Insurance card, front", "insurance_card", "card.png", png()),
)
"""Name, label, file and bytes of each paper."""


async def put_papers(url: str, spool: Spool) -> None:
    """Give the newest referrals and their clients papers, by the front desk; the worker stores them."""
    db = Database(url, pool_size=1, role=owner_for(url))
    desk = str(member(DESK).id)
    try:
        async with db.uow(Actor(desk), "demo documents") as tx:
            newest = select(Referral).order_by(Referral.received_on.desc(), Referral.id)
            for referral in await tx.scalars(newest.limit(CLIENTS)):
                for name, label, file_name, data in PAPERS:
                    now = utc_now()
                    upload = await create(
                        tx, spool, owner=desk, length=len(data), name=file_name, at=now
                    )
                    await append(spool, spool_key(upload), _once(data), offset=0)
                    belongs = referral.id if label == "referral_letter" else None
                    form = NewDocument(
                        name=name, label=label, referral_id=belongs, upload_id=upload.id
                    )
                    await add(
                        tx,
                        spool,
                        form,
                        client_id=referral.client_id,
                        by=desk,
                        at=now,
                        today=now.date(),
                    )
    finally:
        await db.close()


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def main(environ: Mapping[str, str]) -> int:
    """Do it with the keys of a stack."""
    install(Keyring.from_file(Path(environ["LMHG_KEYRING_FILE"])))
    asyncio.run(put_papers(environ["LMHG_DATABASE_URL"], Spool(Path(environ["LMHG_SPOOL_FOLDER"]))))
    return 0


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
