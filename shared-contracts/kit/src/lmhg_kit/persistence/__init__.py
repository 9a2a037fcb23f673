"""Classified tables, sealed columns and units of work over PostgreSQL."""

from lmhg_kit.persistence.columns import exempt, operational, phi, secret
from lmhg_kit.persistence.records import Base, LocalRecord, Record
from lmhg_kit.persistence.sealing import Keyring, SealedText, sealed
from lmhg_kit.persistence.session import Actor, Database, ReadSession, WriteSession, pool_of

__all__ = [
    "Actor",
    "Base",
    "Database",
    "Keyring",
    "LocalRecord",
    "ReadSession",
    "Record",
    "SealedText",
    "WriteSession",
    "exempt",
    "operational",
    "phi",
    "pool_of",
    "sealed",
    "secret",
]
