"""The database's own say about statements: the workspace asks, the worker answers, and that is final.

Installed with the wall after every migration, and covered by the same drift test.
"""

from lmhg_kit.persistence.wall import Statement

STATEMENT_STANDS = """
create or replace function relay_release.statement_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if tg_op = 'DELETE' or old.finished_at is not null
        or (new.id, new.month, new.zone, new.asked_by, new.asked_at)
            is distinct from (old.id, old.month, old.zone, old.asked_by, old.asked_at) then
        raise exception 'append_only' using errcode = 'LM001';
    end if;
    return new;
end $$
"""

STATEMENTS = (
    Statement("relay_release.statement_stands", STATEMENT_STANDS),
    Statement(
        "compliance.statement.wall_stands",
        "create or replace trigger wall_stands before update or delete on compliance.statement"
        " for each row execute function relay_release.statement_stands()",
    ),
)
GRANTS = [
    "revoke insert, update, delete, truncate on compliance.statement from gw_workspace",
    "grant insert (id, month, zone, asked_by) on compliance.statement to gw_workspace",
    "revoke insert, delete, truncate on compliance.statement from gw_worker",
]
"""The workspace can ask and never answer."""
