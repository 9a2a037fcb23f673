"""The portal's database: what its features declare, in one plan, and what belongs to no table of theirs."""

from lmhg_kit.persistence.audit import grants as audit_grants
from lmhg_kit.persistence.install import Plan, migrations_folder
from lmhg_portal.feature_list import FEATURES
from lmhg_portal.kernel.released import RELEASED

ROLES = ("po_portal", "po_worker", "relay")

GRANTS = [
    *audit_grants(readers=("po_portal", "po_worker"), sequencer="po_worker", writers=()),
    "grant usage on schema relay_release to relay",
    "grant execute on function relay_release.release_all() to relay",
]
"""The ledger of who did what, and the generated functions. What a table is for, it says itself."""

PLAN = Plan(
    migrations=migrations_folder(__file__),
    models=tuple(model for each in FEATURES for model in each.models),
    releases=RELEASED.tables,
    version_schema="portal",
    schemas=("portal",),
    roles=ROLES,
    grants=GRANTS,
    sql=tuple(each.wall for each in FEATURES if each.wall),
)
