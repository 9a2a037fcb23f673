"""The database's own say about findings: they stand, and only their end is added, once.

Installed with the wall after every migration, and covered by the same drift test.
"""

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

STATEMENTS = (
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
]
"""The worker searches; the workspace shows what it found. Nobody removes a finding."""
