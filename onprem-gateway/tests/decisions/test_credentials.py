"""Offboarding knows every credential: a new column or setting that is one fails here first."""

import re

import pytest
from sqlalchemy import Column, LargeBinary, MetaData, Table

from lmhg_gateway.database import PLAN
from lmhg_gateway.features.people.credentials import CREDENTIALS, NO_PERSONS
from lmhg_gateway.kernel import settings

LOOKS = re.compile(r"(secret|token|code|password)_(hash|sealed)$|^credential_id$|^public_key$")
NAMES = re.compile(r"(private_key|signing_key|api_key|secret|keyring|password|token)_file$")
URLS = frozenset({"database_url", "smtp_url"})
"""Addresses that may carry a password."""


def credential_columns(metadata: MetaData) -> set[str]:
    """Columns of class secret, and those that look like a credential whatever their class."""
    return {
        f"{table.fullname}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if column.comment == "class:secret" or LOOKS.search(column.name)
    }


PORTAL = "portal."
"""The other plane's tables, which stand in the same list when both are loaded by one test run."""


@pytest.mark.found(
    "W5", "each column and setting that holds a credential is on the list that offboarding treats"
)
def test_every_column_with_a_credential_has_a_fate() -> None:
    """Neither one forgotten nor one that is no longer there."""
    listed = {column for each in CREDENTIALS for column in each.columns}
    ours = {name for name in credential_columns(PLAN.metadata) if not name.startswith(PORTAL)}
    assert listed | NO_PERSONS == ours
    assert listed & NO_PERSONS == set()


def test_a_new_column_with_a_credential_is_seen() -> None:
    """By its class, and by its name when its class is wrong."""
    metadata = MetaData()
    Table(
        "webhook",
        metadata,
        Column("key", LargeBinary, comment="class:secret"),
        Column("secret_hash", LargeBinary, comment="class:operational"),
        Column("size", LargeBinary, comment="class:operational"),
    )
    assert credential_columns(metadata) == {"webhook.key", "webhook.secret_hash"}


def test_every_setting_with_a_credential_has_a_fate() -> None:
    """What only the server's files hold is named, for the operator to replace."""
    known = {
        each
        for name in dir(settings)
        if name.endswith("Settings")
        for each in getattr(settings, name).__struct_fields__
    }
    assert len(known) > len(URLS)
    wanted = {name for name in known if NAMES.search(name) or name in URLS}
    assert {name for each in CREDENTIALS for name in each.settings} == wanted
