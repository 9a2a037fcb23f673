-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- What a program may do is widened by two people; who saw its secrets is written by the database.

create or replace function relay_release.client_rights() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    added varchar[];
    actor text := audit.actor();
begin
    if new.first_party and not pg_has_role(session_user, 'lmhg_owner', 'member')
        and (tg_op = 'INSERT' or not old.first_party) then
        raise exception 'first_party' using errcode = '42501';
    end if;
    if tg_op = 'INSERT' then
        if not new.scopes <@ array['openid', 'profile', 'email', 'offline_access']::varchar[] then
            raise exception 'two_persons' using errcode = 'LM012';
        end if;
        return new;
    end if;
    if (new.id, new.client_id, new.kind) is distinct from (old.id, old.client_id, old.kind) then
        raise exception 'client_fixed' using errcode = '42501';
    end if;
    added := array(select unnest(new.scopes) except select unnest(old.scopes));
    if cardinality(added) = 0 then
        return new;
    end if;
    if not relay_release.holds(actor, array['admin']::varchar[]) or not exists (
        select 1 from identity.scope_request r
        where r.client = new.id and r.outcome = 'open' and added <@ r.scopes
          and r.requested_by <> actor
    ) then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    perform relay_release.check_second(actor, r.requested_by) from identity.scope_request r
    where r.client = new.id and r.outcome = 'open';
    return new;
end $$;

create or replace function relay_release.secret_seen() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        new.shown_to := audit.actor();
        return new;
    end if;
    new.shown_to := old.shown_to;
    if coalesce(new.ends_at, 'infinity') > coalesce(old.ends_at, 'infinity') then
        raise exception 'secret_over' using errcode = '42501';
    end if;
    return new;
end $$;

-- The identity process hears of a changed program at once.
create or replace function identity.ring_client() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_notify('identity_client', '');
    return null;
end $$;

create or replace trigger wall_rights before insert or update on identity.oauth_client
    for each row execute function relay_release.client_rights();
create or replace trigger wall_seen before insert or update on identity.client_secret
    for each row execute function relay_release.secret_seen();
create or replace trigger client_bell after insert or update on identity.oauth_client
    for each statement execute function identity.ring_client();
