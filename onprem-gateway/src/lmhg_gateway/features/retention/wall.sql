-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- Which rows go with a client is generated: wall.py.

-- The records of one person: the one that goes on, and those that were merged into it.
create or replace function relay_release.one_person(of_client uuid) returns uuid[]
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select array_agg(c.id order by c.id) from practice.client c, practice.client own
    where own.id = of_client and (c.id = coalesce(own.merged_into, own.id)
        or c.merged_into = coalesce(own.merged_into, own.id))
$$;

-- Disposals, deletions of documents and a hold on everything take turns: each has this lock until it ends.
create or replace function relay_release.disposal_turn() returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$ select pg_advisory_xact_lock(7143, 0) $$;

-- Whether this very transaction takes the rows of a record away. Nothing but `dispose` can say so: no login may
-- write the column.
create or replace function relay_release.is_disposing() returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select session_user = 'gw_worker' and exists (
        select from compliance.disposal_item i where i.doing = pg_current_xact_id()::text::bigint)
$$;

-- Rows that are never deleted go in a disposal, and in nothing else.
create or replace function relay_release.kept_unless_disposed() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'DELETE' and current_user = 'lmhg_owner' then
        if relay_release.is_disposing() then
            return null;
        end if;
    end if;
    if tg_nargs = 2 then
        raise exception '%', tg_argv[0] using errcode = tg_argv[1];
    end if;
    raise exception 'append_only' using errcode = 'LM001';
end $$;

-- A legal hold: while one lasts nobody deletes a row of the client, whoever asks.
create or replace function relay_release.hold_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if relay_release.is_held(relay_release.one_person((to_jsonb(old) ->> tg_argv[0])::uuid)) then
        raise exception 'legal_hold' using errcode = 'LM081';
    end if;
    return old;
end $$;

-- A row of one client is not hung on another one; a merge and its undo move all of them.
create or replace function relay_release.stays_with_client() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if old.client_id is not null and not relay_release.is_merging(old.client_id, new.client_id) then
        raise exception 'stays_with_client' using errcode = 'LM083';
    end if;
    return new;
end $$;

-- The holds that last on these records, or that were placed while they and another record were one: whoever undoes
-- a merge takes neither of the two out of a hold.
create or replace function relay_release.holds_of(who uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    with recursive one (id, until) as (
        select unnest(who), 'infinity'::timestamptz
        union
        select case m.survivor_id when o.id then m.merged_id else m.survivor_id end, least(o.until, m.undone_at)
        from one o join practice.client_merge m on o.id in (m.survivor_id, m.merged_id)
        where m.undone_at is not null)
    select distinct h.id from practice.legal_hold h join one o on o.id = h.client_id
    where h.lifted_at is null and h.placed_at < o.until
$$;
grant execute on function relay_release.holds_of(uuid[]) to gw_worker, gw_workspace;

-- A hold and what it stops see each other: both hold the client's row, or the turn of everything.
create or replace function relay_release.legal_hold_meets() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if new.client_id is null then
        perform relay_release.disposal_turn();
        return new;
    end if;
    perform from practice.client c
    where c.id = any (relay_release.one_person(new.client_id)) order by c.id for no key update;
    if not found or (new.referral_id is not null and not exists (
        select from practice.referral r where r.id = new.referral_id and r.client_id = new.client_id))
    then
        raise exception 'legal_hold_stands' using errcode = 'LM082';
    end if;
    return new;
end $$;
create or replace trigger wall_legal_hold before insert on practice.legal_hold
    for each row execute function relay_release.legal_hold_meets();

-- A document of a client on hold is neither deleted nor removed.
create or replace function relay_release.document_of_held() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if (new.deleted_at is not null and old.deleted_at is null)
        or (new.removed_at is not null and old.removed_at is null)
    then
        perform relay_release.disposal_turn();
        perform from practice.client c where c.id = new.client_id for share;
        if relay_release.is_held(relay_release.one_person(new.client_id)) then
            raise exception 'legal_hold' using errcode = 'LM081';
        end if;
    end if;
    return new;
end $$;
create or replace trigger wall_held_client before update on practice.document
    for each row execute function relay_release.document_of_held();

-- The schedule is changed by two people: an approval carries the change out.
create or replace function relay_release.retention_changed() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        new.asked_at := now();
        if not relay_release.holds(audit.actor(), array['admin']::varchar[]) then
            raise exception 'two_persons' using errcode = 'LM012';
        end if;
        return new;
    end if;
    if audit.only_resealed(to_jsonb(old), to_jsonb(new)) then
        return new;
    end if;
    new.decided_at := now();
    if new.decided_by is null or new.outcome = 'open'
        or (new.outcome = 'dropped') <> (new.decided_by = old.asked_by)
        or not relay_release.holds(audit.actor(), relay_release.powers())
    then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    if new.outcome = 'approved' then
        if not relay_release.is_officer(audit.actor()) then
            raise exception 'two_persons' using errcode = 'LM012';
        end if;
        perform relay_release.check_second(audit.actor(), old.asked_by::text);
        insert into compliance.retention_years (code, years) values (new.code, new.years)
        on conflict (code) do update set years = excluded.years;
    end if;
    return new;
end $$;
create or replace trigger wall_retention_changed before insert or update on compliance.retention_change
    for each row execute function relay_release.retention_changed();

-- A batch: proposed, asked for by an administrator, approved by an officer who is someone else, then done by the
-- worker once nothing of it is left.
create or replace function relay_release.disposal_moves() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    actor text := audit.actor();
begin
    if audit.only_resealed(to_jsonb(old), to_jsonb(new)) then
        return new;
    end if;
    if session_user = 'gw_worker' then
        if old.state <> 'approved' or new.state <> 'done'
            or to_jsonb(new) - array['state', 'done_at'] is distinct from to_jsonb(old) - array['state', 'done_at']
            or exists (select from compliance.disposal_item i
                where i.batch_id = new.id and i.state in ('listed', 'rows_gone'))
            or exists (select from compliance.disposal_object o join compliance.disposal_item i on i.id = o.item_id
                where i.batch_id = new.id and o.gone_at is null)
        then
            raise exception 'disposal_stands' using errcode = 'LM080';
        end if;
        return new;
    end if;
    if not relay_release.holds(actor, relay_release.powers()) then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    if old.state = 'proposed' and new.state = 'asked' then
        new.asked_at := now();
        new.asked_name := (select u.display_name from identity.user_account u where u.id::text = actor);
        if new.asked_by::text is distinct from actor
            or not relay_release.holds(actor, array['admin']::varchar[]) or new.decided_by is not null
        then
            raise exception 'two_persons' using errcode = 'LM012';
        end if;
        return new;
    end if;
    if (new.asked_by, new.asked_at, new.asked_name, new.why_sealed)
        is distinct from (old.asked_by, old.asked_at, old.asked_name, old.why_sealed)
    then
        raise exception 'disposal_stands' using errcode = 'LM080';
    end if;
    new.decided_at := now();
    new.decided_name := (select u.display_name from identity.user_account u where u.id::text = actor);
    if new.decided_by::text is distinct from actor then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    if new.state = 'dropped' and old.state in ('proposed', 'asked') then
        return new;
    end if;
    if old.state <> 'asked' or new.state not in ('approved', 'declined') then
        raise exception 'disposal_stands' using errcode = 'LM080';
    end if;
    if new.decided_by = old.asked_by or not relay_release.is_officer(actor) then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    if new.state = 'approved' then
        if not relay_release.holds(old.asked_by::text, array['admin']::varchar[]) then
            raise exception 'two_persons' using errcode = 'LM012';
        end if;
        perform relay_release.check_second(actor, old.asked_by::text);
    end if;
    return new;
end $$;
create or replace trigger wall_disposal_moves before update on compliance.disposal_batch
    for each row execute function relay_release.disposal_moves();

-- What a batch lists is written while it is proposed; a record is taken out until someone decided.
create or replace function relay_release.disposal_item_moves() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    of_state text;
begin
    select b.state into of_state from compliance.disposal_batch b where b.id = new.batch_id for share;
    if tg_op = 'INSERT' then
        if of_state is distinct from 'proposed' or new.state <> 'listed' or new.doing is not null then
            raise exception 'disposal_stands' using errcode = 'LM080';
        end if;
        return new;
    end if;
    if session_user = 'gw_workspace' and (
        of_state not in ('proposed', 'asked') or old.state <> 'listed' or new.state <> 'left_out'
        or new.left_out_by is distinct from audit.actor() or new.left_out_why is null
        or not relay_release.holds(audit.actor(), relay_release.powers()))
    then
        raise exception 'disposal_stands' using errcode = 'LM080';
    end if;
    return new;
end $$;
create or replace trigger wall_disposal_item before insert or update on compliance.disposal_item
    for each row execute function relay_release.disposal_item_moves();

-- Files are gone one by one; once all of a record's are, the record is done.
create or replace function relay_release.disposal_object_gone() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not exists (select from compliance.disposal_object o where o.item_id = new.item_id and o.gone_at is null) then
        update compliance.disposal_item i set state = 'done' where i.id = new.item_id and i.state = 'rows_gone';
    end if;
    return null;
end $$;
create or replace trigger wall_object_gone after update on compliance.disposal_object
    for each row execute function relay_release.disposal_object_gone();

-- Counts a batch's rows of one table.
create or replace function relay_release.count_disposed(of_batch uuid, of_kind text, more bigint) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into compliance.disposal_count as c (batch_id, kind, rows)
    select of_batch, of_kind, more where more > 0
    on conflict (batch_id, kind) do update set rows = c.rows + excluded.rows
$$;

-- Why the messages of IntakeQ that a batch lists stay all the same; null where they go.
create or replace function relay_release.messages_kept(of_batch uuid) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select case
        -- What is in them is sealed, so nobody can tell whose they are.
        when exists (select from practice.legal_hold h where h.lifted_at is null)
            or exists (select from practice.document_hold h where h.lifted_at is null) then 'hold'
        when not exists (select from compliance.retention_years y where y.code = 'messages'
            and b.messages_before <= now() + interval '1 day' - make_interval(years => y.years)) then 'schedule'
    end
    from compliance.disposal_batch b where b.id = of_batch and b.messages_before is not null
$$;

-- Messages of IntakeQ that were worked on and are older than the batch says: some of them at a time.
create or replace function relay_release.dispose_messages(of_batch uuid) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    before timestamptz;
    found_rows bigint;
begin
    perform relay_release.disposal_turn();
    select b.messages_before into before from compliance.disposal_batch b
    where b.id = of_batch and b.state = 'approved' for share;
    perform from compliance.retention_years y for share;
    if before is null or relay_release.messages_kept(of_batch) is not null then
        return 0;
    end if;
    delete from ingress.delivery d where d.id in (
        select x.id from ingress.delivery x
        where x.received_at < before and x.result is not null limit 500);
    get diagnostics found_rows = row_count;
    perform relay_release.count_disposed(of_batch, 'delivery', found_rows);
    return found_rows;
end $$;
grant execute on function relay_release.dispose_messages(uuid), relay_release.messages_kept(uuid) to gw_worker;
