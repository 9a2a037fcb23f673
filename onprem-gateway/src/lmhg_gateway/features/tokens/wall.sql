-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- The worker hears at once that programs are to be told of a sign-out.
create or replace function identity.ring_notice() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_notify('identity_logout', '');
    return null;
end $$;

create or replace trigger notice_bell after insert on identity.logout_notice
    for each statement execute function identity.ring_notice();
