-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- A word is allowed by two officers, and any officer takes it back.

create or replace function relay_release.allowance_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    actor text := audit.actor();
    is_officer boolean := relay_release.is_officer(actor);
begin
    if tg_op = 'INSERT' then
        if not is_officer then
            raise exception 'two_persons' using errcode = 'LM012';
        end if;
        return new;
    end if;
    if audit.only_resealed(to_jsonb(old), to_jsonb(new)) then
        return new;
    end if;
    if (new.term_sealed, new.reason_sealed) is distinct from (old.term_sealed, old.reason_sealed)
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
end $$;

create or replace trigger wall_allowance before insert or update on compliance.screening_allowance
    for each row execute function relay_release.allowance_stands();
