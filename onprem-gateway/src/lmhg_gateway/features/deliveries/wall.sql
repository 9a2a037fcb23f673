-- What a person may do with a delivery is two things: try a held one again, or set it aside. The worker does
-- the rest; and a body, once stored, is changed by nobody but the worker that seals it anew.
create or replace function ingress.held_decided() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if session_user <> 'gw_workspace' then
        return new;
    end if;
    if old.result not in ('held', 'set_aside') or old.result is null
        or (new.result is not null and (old.result <> 'held' or new.result <> 'set_aside'))
        or (new.result is null and (new.attempts, new.turn_at, new.due_at) is distinct from
            (0, null::timestamptz, null::timestamptz))
    then
        raise exception 'delivery_stands' using errcode = 'LM033';
    end if;
    return new;
end $$;

create or replace trigger wall_held before update on ingress.delivery
    for each row execute function ingress.held_decided();

-- The worker hears of a delivery at once.
create or replace function ingress.ring() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    perform pg_notify('ingress_delivery', '');
    return null;
end $$;

create or replace trigger delivery_bell after insert on ingress.delivery
    for each statement execute function ingress.ring();
