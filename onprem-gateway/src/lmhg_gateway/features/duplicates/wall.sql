-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- What a person decided of two records stays; a pair that nobody decided goes with a record that an import made.
create or replace function relay_release.decided_pair_stays() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if old.decided_at is not null then
        raise exception 'append_only' using errcode = 'LM001';
    end if;
    return old;
end $$;
create or replace trigger wall_decided before delete on practice.client_pair
    for each row execute function relay_release.decided_pair_stays();
