-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- What a person or a program may do with a delivery is two things: try one again that is held or set aside, or
-- set a held one aside. Neither changes anything else, and the worker does the rest. The workspace's login
-- alone does neither, whatever process it calls itself.
create or replace function ingress.held_decided() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    actor text := audit.actor();
begin
    if session_user <> 'gw_workspace' then
        return new;
    end if;
    if actor = '' or actor like 'process:%' then
        raise exception 'actor_unproved' using errcode = 'LM031';
    end if;
    if old.result in ('held', 'set_aside') and new.result is null and new.result_code is null
        and new.finished_at is null and new.attempts = 0 and new.turn_at is null and new.due_at is null
    then
        return new;
    end if;
    if old.result = 'held' and new.result = 'set_aside' and new.finished_at is not null
        and (new.result_code, new.attempts, new.turn_at, new.due_at)
            is not distinct from (old.result_code, old.attempts, old.turn_at, old.due_at)
    then
        return new;
    end if;
    raise exception 'delivery_stands' using errcode = 'LM033';
end $$;

create or replace trigger wall_held before update on ingress.delivery
    for each row execute function ingress.held_decided();

-- The worker hears of a delivery at once.
create or replace function ingress.ring() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_notify('ingress_delivery', '');
    return null;
end $$;

create or replace trigger delivery_bell after insert on ingress.delivery
    for each statement execute function ingress.ring();
