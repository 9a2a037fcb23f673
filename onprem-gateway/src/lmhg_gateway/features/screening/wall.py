"""The database's own say about allowed words: two officers, nothing changed, nothing deleted.

Installed with the wall after every migration, and covered by the same drift test.
"""

from lmhg_kit.persistence.wall import Statement

ALLOWANCE_STANDS = """
create or replace function relay_release.allowance_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
    actor text := current_setting('app.actor', true);
    is_officer boolean := exists (
        select 1 from identity.user_account u
        where u.id::text = actor and u.active and 'compliance' = any(u.roles)
    );
begin
    if tg_op = 'INSERT' then
        if new.asked_by is distinct from actor or not is_officer
            or new.approved_by is not null or new.approved_at is not null
            or new.removed_by is not null or new.removed_at is not null
        then
            raise exception 'two_persons' using errcode = 'LM012';
        end if;
        return new;
    end if;
    if (new.id, new.token, new.asked_by, new.asked_at)
           is distinct from (old.id, old.token, old.asked_by, old.asked_at)
        or ((new.term_sealed, new.reason_sealed)
            is distinct from (old.term_sealed, old.reason_sealed) and session_user <> 'gw_worker')
        or ((new.approved_by, new.approved_at) is distinct from (old.approved_by, old.approved_at)
            and (old.approved_at is not null or old.removed_at is not null or not is_officer
                 or new.approved_at is null or new.approved_by is distinct from actor
                 or new.approved_by = new.asked_by))
        or ((new.removed_by, new.removed_at) is distinct from (old.removed_by, old.removed_at)
            and (old.removed_at is not null or not is_officer
                 or new.removed_at is null or new.removed_by is distinct from actor))
    then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    if new.approved_by is distinct from old.approved_by then
        perform relay_release.check_second(new.approved_by, new.asked_by);
    end if;
    return new;
end $$
"""

_TABLE = "compliance.screening_allowance"
STATEMENTS = (
    Statement("relay_release.allowance_stands", ALLOWANCE_STANDS),
    Statement(
        f"{_TABLE}.wall_allowance",
        f"create or replace trigger wall_allowance before insert or update on {_TABLE}"
        " for each row execute function relay_release.allowance_stands()",
    ),
    Statement(
        f"{_TABLE}.wall_kept",
        f"create or replace trigger wall_kept before delete or truncate on {_TABLE}"
        " for each statement execute function audit.refuse_change()",
    ),
)
