"""The portal's database: its tables, what it releases, and which role may touch what."""

from pathlib import Path

from lmhg_kit.persistence.audit import grants as audit_grants
from lmhg_kit.persistence.install import Plan, migrations_folder
from lmhg_portal.feature_list import FEATURES
from lmhg_portal.kernel.released import RELEASED

MODELS = tuple(model for each in FEATURES for model in each.models)
SCHEMAS = ("portal",)

GRANTS = [
    *audit_grants(readers=("po_portal", "po_worker"), sequencer="po_worker", writers=()),
    "grant usage on schema portal, relay_release to po_portal, po_worker",
    "grant select, insert, update, delete on all tables in schema portal to po_portal, po_worker",
    "revoke insert, update, delete on portal.alembic_version from po_portal, po_worker",
    "grant usage on schema relay_release to relay",
    "grant execute on function relay_release.release_all() to relay",
]

PLAN = Plan(
    sql=(Path(__file__).parent / "features" / "identity" / "wall.sql",),
    migrations=migrations_folder(__file__),
    models=MODELS,
    releases=RELEASED.tables,
    version_schema="portal",
    schemas=SCHEMAS,
    grants=GRANTS,
)
