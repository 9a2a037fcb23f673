"""The part of the wall that keeps the accounting of disclosures: nothing in it changes or goes."""

from lmhg_kit.persistence.wall import Statement

DISCLOSURE_STANDS = """
create or replace function relay_release.disclosure_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if tg_op = 'INSERT' and new.recorded_by = current_setting('app.actor', true) then
        return new;
    end if;
    if tg_op = 'UPDATE' and session_user = 'gw_worker'
        and (new.id, new.client_id, new.disclosed_on, new.basis, new.corrects, new.recorded_by, new.recorded_at)
            is not distinct from
            (old.id, old.client_id, old.disclosed_on, old.basis, old.corrects, old.recorded_by, old.recorded_at)
    then
        return new;
    end if;
    raise exception 'disclosure_stands' using errcode = 'LM017';
end $$
"""

STATEMENTS = (
    Statement("relay_release.disclosure_stands", DISCLOSURE_STANDS),
    Statement(
        "compliance.disclosure.wall_stands",
        "create or replace trigger wall_stands before insert or update or delete"
        " on compliance.disclosure"
        " for each row execute function relay_release.disclosure_stands()",
    ),
)
"""The worker may seal a row again when keys rotate; nobody may do more."""
