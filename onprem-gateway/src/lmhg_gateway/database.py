"""The gateway's database: its tables, what it releases, and which role may touch what."""

from pathlib import Path

from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.features.access_log.wall import STATEMENTS as DISCLOSURE_STATEMENTS
from lmhg_gateway.features.break_glass.wall import GRANTS as GLASS_GRANTS
from lmhg_gateway.features.break_glass.wall import STATEMENTS as GLASS_STATEMENTS
from lmhg_gateway.features.decisions.wall import GRANTS as DECISION_GRANTS
from lmhg_gateway.features.decisions.wall import STATEMENTS as DECISION_STATEMENTS
from lmhg_gateway.features.exemptions.wall import statements as compliance_statements
from lmhg_gateway.features.look_back.wall import GRANTS as LOOK_BACK_GRANTS
from lmhg_gateway.features.look_back.wall import STATEMENTS as LOOK_BACK_STATEMENTS
from lmhg_gateway.features.oauth_clients.wall import STATEMENTS as CLIENT_STATEMENTS
from lmhg_gateway.features.packets.wall import STATEMENTS as PACKET_STATEMENTS
from lmhg_gateway.features.people.wall import STATEMENTS as PEOPLE_STATEMENTS
from lmhg_gateway.features.screening.wall import STATEMENTS as SCREENING_STATEMENTS
from lmhg_gateway.features.statements.wall import GRANTS as STATEMENT_GRANTS
from lmhg_gateway.features.statements.wall import STATEMENTS as STATEMENT_STATEMENTS
from lmhg_gateway.kernel.released import RELEASED
from lmhg_gateway.wall import STATEMENTS
from lmhg_kit.persistence.audit import grants as audit_grants
from lmhg_kit.persistence.install import Plan, migrations_folder

MODELS = tuple(model for each in FEATURES for model in each.models)
SCHEMAS = ("practice", "compliance", "identity", "ingress")

ACCOUNT_GRANTS = [
    "revoke all on all tables in schema identity from gw_workspace",
    "revoke all on all functions in schema identity from public",
    "revoke all on identity.trust from gw_identity",
    (
        "grant select (id, email, display_name, roles, active, created_at, ended_at, created_by),"
        " insert (id, email, display_name, roles, active),"
        " update (email, display_name, roles, active, ended_at)"
        " on identity.user_account to gw_workspace"
    ),
    "grant select, delete on identity.session to gw_workspace",
    "grant update (last_used_at) on identity.session to gw_workspace",
    (
        "grant execute on function"
        " identity.redeem(text, text, bytea, uuid, timestamptz, text, text) to gw_workspace"
    ),
    "grant select, delete on identity.sign_in_failures to gw_workspace",
    "grant select, insert, update on identity.mfa_rule to gw_workspace",
    "grant select, insert on identity.device_reset to gw_workspace",
    "grant update (approved_by, approved_at) on identity.device_reset to gw_workspace",
    "grant select (id, user_id, name, confirmed_at, created_at) on identity.totp to gw_workspace",
    (
        "grant select (id, user_id, name, created_at, last_used_at)"
        " on identity.passkey to gw_workspace"
    ),
    "grant select (id, user_id, used_at) on identity.recovery_code to gw_workspace",
    (
        "grant select (id, user_id, purpose, asked_at, sent_at, ends_at, used_at),"
        " insert (id, user_id, purpose, attempts) on identity.letter to gw_workspace"
    ),
    (
        "grant select, insert (id, user_id, act, method, device, address)"
        " on identity.activity to gw_workspace"
    ),
]
"""What the workspace may do with accounts: no password, no secret, no key of a second factor."""

PEOPLE_GRANTS = ["grant delete on identity.letter to gw_workspace"]
"""Who leaves takes no letter along that would still open something."""

ISSUER_GRANTS = [
    (
        "revoke insert, update, delete, truncate on identity.oauth_client, identity.client_secret,"
        " identity.client_change, identity.scope_request from gw_identity"
    ),
    "grant select, insert, update on identity.oauth_client to gw_workspace",
    (
        "grant select (id, client, made_at, ends_at, shown_to), insert, update (ends_at)"
        " on identity.client_secret to gw_workspace"
    ),
    "grant select, insert on identity.client_change to gw_workspace",
    (
        "grant select, insert, update (outcome, decided_by, decided_at)"
        " on identity.scope_request to gw_workspace"
    ),
    (
        "grant select (kid, alg, public_jwk, created_at, active_from, retired_at)"
        " on identity.signing_key to gw_workspace"
    ),
    "grant select (family, user_id, session_id, jti) on identity.authorization_code to gw_workspace",
    (
        "grant select (family, client, user_id, session_id, jti, revoked_at), update (revoked_at)"
        " on identity.refresh_token to gw_workspace"
    ),
    "grant select, insert on identity.revoked_token, identity.logout_notice to gw_workspace",
    "grant select on identity.session_client to gw_workspace",
    "revoke all on identity.client_push from gw_identity",
    "grant select, insert, update on identity.client_push to gw_workspace",
]
"""Clients are administered in the workspace; the process on the internet only reads them."""

REVIEW_GRANTS = [
    (
        "revoke insert, update, delete, truncate on compliance.ledger_row, compliance.ledger_day,"
        " compliance.access_row, compliance.access_day, compliance.review_state"
        " from gw_workspace, gw_worker"
    ),
    (
        "revoke all on function compliance.index_relay(text, integer),"
        " compliance.index_access(text, integer) from public"
    ),
    (
        "grant execute on function compliance.index_relay(text, integer),"
        " compliance.index_access(text, integer) to gw_workspace, gw_worker"
    ),
    "revoke insert, update, delete on compliance.staff_tie from gw_workspace",
    "revoke delete on compliance.ledger_check from gw_worker",
    "revoke update, delete on compliance.ledger_check from gw_workspace",
]
"""What a ledger entry is found by is written by the database alone, from the entry itself."""

GRANTS = [
    *audit_grants(
        readers=("gw_workspace", "gw_worker"),
        sequencer="gw_worker",
        writers=("gw_identity", "gw_ingress"),
    ),
    "grant usage on schema practice, compliance, relay_release, jobs to gw_workspace, gw_worker",
    (
        "grant select, insert, update, delete on all tables in schema practice, compliance"
        " to gw_workspace, gw_worker"
    ),
    "revoke insert, update, delete on practice.alembic_version from gw_workspace, gw_worker",
    *REVIEW_GRANTS,
    *GLASS_GRANTS,
    *LOOK_BACK_GRANTS,
    *STATEMENT_GRANTS,
    "grant execute on function relay_release.release_again(text, uuid) to gw_workspace, gw_worker",
    "grant usage on schema relay_release to relay",
    "grant execute on function relay_release.release_all() to relay",
    "grant select, insert on relay.match_request to gw_workspace, gw_worker",
    "grant update (cleared_at) on relay.alarm to gw_workspace",
    (
        "revoke delete, truncate on compliance.withdrawal, compliance.kept_back,"
        " compliance.incident, compliance.incident_event, compliance.canary_sweep,"
        " compliance.packet, compliance.packet_line, compliance.held_record,"
        " compliance.exemption_request from gw_workspace, gw_worker"
    ),
    "revoke update on compliance.canary_sweep from gw_workspace, gw_worker",
    "grant usage on schema identity to gw_identity, gw_workspace",
    "grant select, insert, update, delete on all tables in schema identity to gw_identity",
    *ACCOUNT_GRANTS,
    *PEOPLE_GRANTS,
    *ISSUER_GRANTS,
    *DECISION_GRANTS,
    "grant usage on schema ingress to gw_ingress, gw_worker, gw_workspace",
    "grant insert on ingress.delivery to gw_ingress",
    "grant select, update on ingress.delivery to gw_worker",
    (
        "grant select, insert, update, delete on ingress.seen_event, ingress.api_call,"
        " ingress.profile_fetch to gw_worker"
    ),
    "grant select, update on ingress.intake_state to gw_worker",
    (
        "grant select (id, received_at, source, outcome, size, attempts, result, result_code,"
        " finished_at, turn_at, due_at, object_token, left_out) on ingress.delivery to gw_workspace"
    ),
    "grant select on ingress.api_call, ingress.intake_state to gw_workspace",
    "grant select, insert, update, delete, truncate on all tables in schema jobs to gw_worker",
    "grant usage, select on all sequences in schema jobs to gw_worker",
    "grant execute on all functions in schema jobs to gw_worker",
]

PLAN = Plan(
    migrations=migrations_folder(__file__),
    models=MODELS,
    releases=RELEASED.tables,
    version_schema="practice",
    schemas=SCHEMAS,
    grants=GRANTS,
    sql=(Path(__file__).parent / "features" / "sessions" / "wall.sql",),
    own_wall=(
        *STATEMENTS,
        *CLIENT_STATEMENTS,
        *compliance_statements(),
        *DECISION_STATEMENTS,
        *DISCLOSURE_STATEMENTS,
        *GLASS_STATEMENTS,
        *LOOK_BACK_STATEMENTS,
        *PACKET_STATEMENTS,
        *PEOPLE_STATEMENTS,
        *SCREENING_STATEMENTS,
        *STATEMENT_STATEMENTS,
    ),
)
