"""The database's own say about findings: they stand, and only their end is added, once; searches stand for a quarter.

Installed with the wall after every migration, and covered by the same drift test.
"""

from lmhg_gateway.features.look_back.rules import PASSES_KEPT
from lmhg_kit.persistence.wall import Statement

FINDING_STANDS = """
create or replace function relay_release.finding_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if old.gone_at is not null
        or to_jsonb(new) - 'gone_at' is distinct from to_jsonb(old) - 'gone_at' then
        raise exception 'append_only' using errcode = 'LM001';
    end if;
    return new;
end $$
"""

PASS_STANDS = f"""
create or replace function relay_release.pass_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if old.started_at > now() - interval '{PASSES_KEPT.days} days' then
        raise exception 'append_only' using errcode = 'LM001';
    end if;
    return old;
end $$
"""

STATEMENTS = (
    Statement("relay_release.pass_stands", PASS_STANDS),
    Statement(
        "compliance.look_back_pass.wall_stands",
        "create or replace trigger wall_stands before delete on compliance.look_back_pass"
        " for each row execute function relay_release.pass_stands()",
    ),
    Statement("relay_release.finding_stands", FINDING_STANDS),
    Statement(
        "compliance.look_back_finding.wall_stands",
        "create or replace trigger wall_stands before update on compliance.look_back_finding"
        " for each row execute function relay_release.finding_stands()",
    ),
)
_TABLES = "compliance.look_back_state, compliance.look_back_pass, compliance.look_back_finding"
GRANTS = [
    f"revoke insert, update, delete, truncate on {_TABLES} from gw_workspace",
    f"revoke delete, truncate on {_TABLES} from gw_worker",
    "grant delete on compliance.look_back_pass to gw_worker",
]
"""The worker searches and forgets old searches; the workspace shows what they found. Nobody removes a finding."""
