"""The table of uploads: what is on its way in, and the key of its file."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, String
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import Refusal, RowRules


class Upload(LocalRecord, Base):
    """One file on its way in. Its bytes are in the spool, sealed with `data_key`."""

    __tablename__ = "upload"
    __disposal__ = Goes(
        where="r.id in (select v.upload_id from practice.document_version v"
        " join practice.document d on d.id = v.document_id where d.client_id = any(who))"
    )
    __access__ = access(
        gw_worker="select, insert, update, delete",
        gw_workspace="select, insert, update, delete",
    )
    __row_rules__ = RowRules(
        refusal=Refusal("upload_stands", "LM040"),
        is_kept=False,
        fixed=("owner",),
        by_actor=("owner",),
        begins={"state": "'open'"},
    )

    owner: Mapped[str] = operational(String(80), nullable=False, index=True)
    length: Mapped[int] = operational(BigInteger, nullable=False)
    state: Mapped[str] = operational(String(16), nullable=False, server_default="open")
    expires_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False, index=True)
    name_sealed: Mapped[bytes | None] = sealed()
    data_key_sealed: Mapped[bytes | None] = sealed()

    name = SealedText(max_chars=200)
    data_key = SealedText(max_chars=64)
