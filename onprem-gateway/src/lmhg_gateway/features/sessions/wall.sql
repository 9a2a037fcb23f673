-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- People and programs prove who they are to the identity process: it alone names them without a proof
-- of this database. It has no table about clients and none in which anything is decided. In Hydra mode
-- programs show their tokens to Hydra, and an operator has said so.
create or replace function audit.vouches(role_name text, who text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select role_name = 'gw_identity'
        or (role_name = 'gw_workspace' and who like 'client: %'
            and exists (select from identity.trust t where t.what = 'hydra_programs'))
$$;

-- Who a secret proves to be: the person of a live session of the workspace, or the program of an access
-- token that the issuer gave. Only hashes are stored, so what the database holds proves nobody.
create or replace function audit.person(token text) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    hash bytea := sha256(convert_to(token, 'UTF8'));
    who text;
begin
    select s.user_id::text into who
    from identity.session s join identity.user_account u on u.id = s.user_id
    where s.id_hash = hash and s.stage = 'full' and s.ends_at > now() and u.active
      and s.application = case session_user when 'gw_identity' then 'identity' else 'workspace' end;
    if who is null and session_user = 'gw_workspace' then
        select 'client: ' || c.client_id into who
        from identity.access_token t join identity.oauth_client c on c.id = t.client
        where t.id_hash = hash and t.ends_at > now() and c.active;
    end if;
    return who;
end $$;

-- A workspace session begins with the code that the identity process handed out for it, and with
-- nothing else: anyone who has the workspace's login alone begins none. One code, one session, within a
-- minute, in the browser that asked (its state is part of the code).
create or replace function identity.redeem(
    code text, state text, new_hash bytea, new_id uuid, ends timestamptz, device text, address text
) returns table (parent uuid)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    came uuid;
begin
    update identity.handoff h set used_at = now()
    where h.code_hash = sha256(convert_to(code || state, 'UTF8'))
      and h.used_at is null and h.ends_at > now()
    returning h.session_id into came;
    if came is null then
        return;
    end if;
    return query
    insert into identity.session as made (
        id_hash, id, user_id, application, stage, parent, started_at, last_used_at, ends_at,
        authenticated_at, methods, device, address)
    select new_hash, new_id, s.user_id, 'workspace', 'full', s.id, now(), now(),
        least(redeem.ends, s.ends_at), s.authenticated_at, s.methods, left(redeem.device, 120),
        left(redeem.address, 64)
    from identity.session s join identity.user_account u on u.id = s.user_id
    where s.id = came and s.stage = 'full' and s.ends_at > now() and u.active
    returning made.parent;
end $$;
grant execute on function identity.redeem(text, text, bytea, uuid, timestamptz, text, text)
    to gw_workspace;
