-- The functions and triggers of schema audit, the same on both planes: who acts, what is noted, and
-- that nothing noted changes.

create or replace function audit.context(name text, fallback text) returns text
language sql stable set search_path = pg_catalog, pg_temp as
$$ select coalesce(nullif(current_setting('app.' || name, true), ''), fallback) $$;

-- Refuses; a trigger may name another refusal than append_only, and its state.
create or replace function audit.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if tg_nargs = 2 then
        raise exception '%', tg_argv[0] using errcode = tg_argv[1];
    end if;
    raise exception 'append_only' using errcode = 'LM001';
end $$;

-- Who acts, proved to the database. A transaction says who acts (app.actor) and shows a proof of it
-- (app.token): the secret of a session, of a letter or of an access token, whose hash each plane's
-- own function audit.person() looks up. Anyone who has only the login of a process has no such secret,
-- and acts as that process or as nobody.

-- The process of a role, as events name it; null for a role that is no process of ours.
create or replace function audit.process_of(role_name text) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
    select case role_name
        when 'gw_workspace' then 'workspace'
        when 'gw_identity' then 'identity'
        when 'gw_ingress' then 'ingress'
        when 'gw_worker' then 'worker'
        when 'po_portal' then 'portal'
        when 'po_worker' then 'portal-worker'
        when 'relay' then 'relay'
    end
$$;

-- Whether a process proves people and programs itself, and so may name them: each plane says which
-- does. Nothing that it can reach lets a person decide.
create or replace function audit.vouches(role_name text, who text) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$ select false $$;

-- Who acts in this transaction; empty when nobody is named. A process may call itself by any name
-- that begins with "process:"; a person or a program counts with a proof alone. Roles that are no
-- process (the migrator in the owner's name, the administrator) are believed: they could change
-- this function.
-- Raises LM031 for a name without its proof.
create or replace function audit.actor() returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    claimed text := coalesce(current_setting('app.actor', true), '');
    proved text;
begin
    if claimed = '' or claimed like 'process:%' or audit.process_of(session_user) is null
        or audit.vouches(session_user, claimed)
    then
        return left(claimed, 80);
    end if;
    if coalesce(current_setting('app.token', true), '') <> '' then
        proved := audit.person(current_setting('app.token', true));
    end if;
    if proved is distinct from claimed then
        raise exception 'actor_unproved' using errcode = 'LM031';
    end if;
    return proved;
end $$;

create or replace function audit.note(
    act text, kind text, ids uuid[], columns text[], outcome text
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who text := audit.actor();
begin
    if who = '' or audit.context('purpose', '') = '' then
        raise exception 'actor_missing' using errcode = 'LM010';
    end if;
    insert into audit.event (actor, act, purpose, zone, subject_kind, subject_ids, columns, outcome, request_id)
    values (who, act, audit.context('purpose', ''), audit.context('zone', ''),
            kind, coalesce(ids, '{}'), coalesce(columns, '{}'), outcome, audit.context('request_id', ''));
end $$;

create or replace function audit.require_actor() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if audit.actor() = '' or audit.context('purpose', '') = '' then
        raise exception 'actor_missing' using errcode = 'LM010', hint = tg_table_name;
    end if;
    return null;
end $$;

-- Each write of a watched table becomes events of at most 500 rows, with the names of the columns that
-- changed and never a value.
create or replace function audit.on_insert() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform audit.note('insert', tg_table_name, part.ids, null, 'done')
    from (select array_agg(id) as ids
          from (select id, (row_number() over () - 1) / 500 as chunk from new_rows) numbered
          group by chunk) part;
    return null;
end $$;

create or replace function audit.on_delete() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform audit.note('delete', tg_table_name, part.ids, null, 'done')
    from (select array_agg(id) as ids
          from (select id, (row_number() over () - 1) / 500 as chunk from old_rows) numbered
          group by chunk) part;
    return null;
end $$;

create or replace function audit.on_update() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    changed text[];
begin
    select coalesce(array_agg(distinct pair.key order by pair.key), '{}') into changed
    from new_rows n join old_rows o on o.id = n.id,
         lateral (select key, value from jsonb_each(to_jsonb(n))) pair
    where to_jsonb(o) -> pair.key is distinct from pair.value
      and pair.key not in ('version', 'updated_at');
    perform audit.note('update', tg_table_name, part.ids, changed, 'done')
    from (select array_agg(id) as ids
          from (select id, (row_number() over () - 1) / 500 as chunk from new_rows) numbered
          group by chunk) part;
    return null;
end $$;

-- An event goes only once the ledger says what it said: one of the newest 1,000 entries below the head, as
-- many as a step moves, has each of its facts; or names the row in which it was set aside, with the same facts.
create or replace function audit.only_sequenced() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if exists (
        with said as materialized (
            select l.n, convert_from(l.entry, 'UTF8')::jsonb as entry
            from audit.ledger l, audit.ledger_head h
            where h.ledger = 'access' and l.n >= h.size - 1000 and l.n < h.size
        )
        select from gone g
        where not exists (
            select from said
            where entry ->> 'at' = to_char(g.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
                and entry ->> 'actor' = g.actor and entry ->> 'act' = g.act
                and entry ->> 'purpose' = g.purpose and entry ->> 'zone' = g.zone
                and entry ->> 'subject_kind' = g.subject_kind and entry ->> 'outcome' = g.outcome
                and entry ->> 'request_id' = g.request_id
                and entry -> 'columns' = to_jsonb(g.columns)
                and entry -> 'subject_ids' = to_jsonb(g.subject_ids)
        ) and not exists (
            select from audit.set_aside s join said on said.n = s.n
            where s.digest = sha256(convert_to(to_jsonb(g)::text, 'UTF8'))
                and s.at = g.at and s.actor = g.actor and s.act = g.act
                and s.subject_kind = g.subject_kind and s.subjects = cardinality(g.subject_ids)
                and (s.event = to_jsonb(g) or octet_length(to_jsonb(g)::text) > 1048576)
                and said.entry ->> 'act' = 'set_aside'
                and said.entry -> 'subject_ids' = to_jsonb(array[s.id])
        )
    ) then
        raise exception 'append_only' using errcode = 'LM001';
    end if;
    return null;
end $$;
create or replace trigger wall_sequenced after delete on audit.event
    referencing old table as gone
    for each statement execute function audit.only_sequenced();
alter table audit.event enable always trigger wall_sequenced;

create or replace trigger wall_kept before update or truncate on audit.event
    for each statement execute function audit.refuse_change();
create or replace trigger wall_kept before update or delete or truncate on audit.ledger
    for each statement execute function audit.refuse_change();
create or replace trigger wall_kept before update or delete or truncate on audit.ledger_node
    for each statement execute function audit.refuse_change();
create or replace trigger wall_kept before update or delete or truncate on audit.set_aside
    for each statement execute function audit.refuse_change();
alter table audit.event enable always trigger wall_kept;
alter table audit.ledger enable always trigger wall_kept;
alter table audit.ledger_node enable always trigger wall_kept;
alter table audit.set_aside enable always trigger wall_kept;
