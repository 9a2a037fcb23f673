-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- A low probability is agreed to by a second person, as every decision of two people is.
create or replace function relay_release.breach_two_persons() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if new.confirmed_by is not null and new.confirmed_by is distinct from old.confirmed_by then
        perform relay_release.check_second(new.confirmed_by::text, new.decided_by::text);
    end if;
    return new;
end $$;

create or replace trigger wall_two_persons before update on compliance.breach_case
    for each row execute function relay_release.breach_two_persons();
