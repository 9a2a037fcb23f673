"""The gateway's database: what its features declare, in one plan, and what belongs to no table of theirs."""

from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.features.cloud_copies.wall import statements
from lmhg_gateway.features.merging.wall import statements as merging_statements
from lmhg_gateway.features.retention.wall import statements as retention_statements
from lmhg_gateway.kernel.released import RELEASED
from lmhg_kit.persistence.audit import grants as audit_grants
from lmhg_kit.persistence.install import Plan, migrations_folder

ROLES = ("gw_identity", "gw_ingress", "gw_worker", "gw_workspace", "relay")

GRANTS = [
    *audit_grants(
        readers=("gw_workspace", "gw_worker"),
        sequencer="gw_worker",
        writers=("gw_identity", "gw_ingress"),
    ),
    "grant usage on schema relay_release to gw_workspace, gw_worker, relay",
    "grant execute on function relay_release.release_again(text, uuid) to gw_workspace, gw_worker",
    "grant execute on function relay_release.release_all() to relay",
]
"""The ledger of who did what, and the generated functions. What a table is for, it says itself."""

MODELS = tuple(model for each in FEATURES for model in each.models)
"""Every table of every feature."""

PLAN = Plan(
    migrations=migrations_folder(__file__),
    models=MODELS,
    releases=RELEASED.tables,
    version_schema="practice",
    schemas=("practice", "compliance", "identity", "ingress"),
    roles=ROLES,
    grants=GRANTS,
    sql=tuple(each.wall for each in FEATURES if each.wall),
    own_wall=(*statements(), *merging_statements(MODELS), *retention_statements(MODELS)),
)
