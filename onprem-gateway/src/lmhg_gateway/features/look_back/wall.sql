-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- Searches of the last quarter stand; older ones may be forgotten. rules.py says the same to the worker.

create or replace function relay_release.pass_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if old.started_at > now() - interval '92 days' then
        raise exception 'append_only' using errcode = 'LM001';
    end if;
    return old;
end $$;

create or replace trigger wall_quarter before delete on compliance.look_back_pass
    for each row execute function relay_release.pass_stands();
