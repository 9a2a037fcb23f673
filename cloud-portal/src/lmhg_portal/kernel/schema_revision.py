"""The schema that this package's processes were written for."""

import lmhg_portal
from lmhg_kit.persistence.install import migrations_folder
from lmhg_kit.persistence.revision import SchemaRevision

MIGRATIONS = migrations_folder(lmhg_portal.__file__)


def schema_of(database_url: str) -> SchemaRevision:
    """The question of one process, with its own role."""
    return SchemaRevision(database_url, migrations=MIGRATIONS, run="lmhg-portal migrate")
