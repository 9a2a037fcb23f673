-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- A record that was merged into another stays as it was, and the other is one that goes on: no circle, no chain.

-- The record that goes on is locked until the merge ends: two merges that cross wait for each other, and the
-- second one finds what the first made. Each merge is on record as long as it holds. The worker may seal under a newer key, as everywhere.
create or replace function relay_release.merged_stays() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    -- What changes by itself: a computed column is not there yet before a row is written.
    free text[] := array['merged_into', 'version', 'updated_at', 'storage_policy'];
begin
    if tg_op = 'UPDATE' then
        if audit.only_resealed(to_jsonb(old) - free, to_jsonb(new) - free)
           and new.merged_into is not distinct from old.merged_into then
            return new;
        end if;
        if old.merged_into is not null and to_jsonb(new) - free is distinct from to_jsonb(old) - free then
            raise exception 'client_merged' using errcode = 'LM060';
        end if;
        if new.merged_into is not distinct from old.merged_into then
            return new;
        end if;
    end if;
    if new.merged_into is null then
        if tg_op = 'UPDATE' and exists (
            select from practice.client_merge m where m.merged_id = new.id and m.undone_at is null
        ) then
            raise exception 'client_merged' using errcode = 'LM060';
        end if;
        return new;
    end if;
    perform from practice.client c where c.id = new.merged_into for no key update;
    if tg_op = 'INSERT' or new.merged_into = new.id
        or exists (select from practice.client c where c.id = new.merged_into and c.merged_into is not null)
        or exists (select from practice.client c where c.merged_into = new.id)
        or not exists (
            select from practice.client_merge m where m.merged_id = new.id and m.undone_at is null
        ) then
        raise exception 'client_merged' using errcode = 'LM060';
    end if;
    return new;
end $$;
create or replace trigger wall_merged before insert or update on practice.client
    for each row execute function relay_release.merged_stays();
