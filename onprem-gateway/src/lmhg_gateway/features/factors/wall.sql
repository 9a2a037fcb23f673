-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- A lost device is forgotten by two people, and takes everything along that it could open.

create or replace function relay_release.device_two_persons() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform relay_release.check_second(new.approved_by::text, new.asked_by::text);
    return new;
end $$;

create or replace function relay_release.device_lost() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if new.approved_by is not null then
        delete from identity.totp where user_id = new.user_id;
        delete from identity.passkey where user_id = new.user_id;
        delete from identity.recovery_code where user_id = new.user_id;
        delete from identity.session where user_id = new.user_id;
        delete from identity.known_browser where user_id = new.user_id;
    end if;
    return null;
end $$;

-- A device that is taken out proves nothing any more, in no browser.
create or replace function identity.device_out() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update identity.known_browser set step_at = null where user_id = old.user_id;
    return null;
end $$;

create or replace trigger wall_device_out after delete on identity.totp
    for each row execute function identity.device_out();
create or replace trigger wall_device_out after delete on identity.passkey
    for each row execute function identity.device_out();

create or replace trigger wall_two_persons before update on identity.device_reset
    for each row execute function relay_release.device_two_persons();
create or replace trigger wall_lost after update on identity.device_reset
    for each row execute function relay_release.device_lost();
