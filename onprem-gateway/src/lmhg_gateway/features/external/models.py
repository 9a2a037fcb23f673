"""Sign-ins under way at the external issuer."""

from datetime import datetime

from sqlalchemy import Boolean, DateTime, LargeBinary, String
from sqlalchemy.orm import Mapped

from lmhg_kit.persistence import Base, operational, secret
from lmhg_kit.persistence.access import access

PATH_MAX = 300


class ExternalRequest(Base):
    """A sign-in that a browser began and has not come back from."""

    __tablename__ = "external_request"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_identity="select, insert, delete")

    state_hash: Mapped[bytes] = secret(LargeBinary(32), primary_key=True)
    """Of the state and the browser's cookie together: either alone finds nothing."""
    nonce: Mapped[str] = secret(String(64), nullable=False)
    verifier: Mapped[str] = secret(String(64), nullable=False)
    handoff_state: Mapped[str] = secret(String(64), nullable=False)
    """What the workspace asked with, when it did."""
    next_path: Mapped[str] = operational(String(PATH_MAX), nullable=False)
    fresh: Mapped[bool] = operational(Boolean, nullable=False)
    """Whether the person has to prove again who they are."""
    ends_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False, index=True)
