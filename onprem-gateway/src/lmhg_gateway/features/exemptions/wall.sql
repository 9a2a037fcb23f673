-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- What is shared is approved by two people, and what is taken back is written down.

-- An approval answers an open request of another person, who is here and active.
create or replace function relay_release.two_persons() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if audit.actor() is distinct from new.approved_by or not exists (
        select 1 from compliance.exemption_request r
        where r.outcome = 'open' and r.kind = new.kind
          and r.record_id is not distinct from new.record_id
          and r.requested_by = new.requested_by and r.requested_by <> new.approved_by
    ) then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    -- From a running process only a person with power approves: no process, program or colleague without.
    if audit.process_of(session_user) is not null
        and not relay_release.holds(new.approved_by, relay_release.powers()) then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    perform relay_release.check_second(new.approved_by, new.requested_by);
    return new;
end $$;

-- Who withdraws is who acts, or an approval's own end; each withdrawal says how many records it takes back.
create or replace function relay_release.withdrawal_noted() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if new.withdrawn_at is not null and old.withdrawn_at is null then
        if audit.process_of(session_user) is not null
            and new.withdrawn_by is distinct from audit.actor()
            and not (new.withdrawn_by = 'expiry' and session_user = 'gw_worker'
                and audit.actor() like 'process:%' and coalesce(old.expires_at <= now(), false)) then
            raise exception 'actor_unproved' using errcode = 'LM031';
        end if;
        insert into compliance.withdrawal (id, exemption_id, actor, at, records)
        values (gen_random_uuid(), new.id, new.withdrawn_by, now(),
            relay_release.exempt_under(new.id));
    end if;
    return new;
end $$;

-- A withdrawal is written by the trigger above alone; its reason is added once, by who withdrew.
create or replace function relay_release.withdrawal_reason() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        if pg_trigger_depth() < 2 then
            raise exception 'append_only' using errcode = 'LM001';
        end if;
    elsif not audit.only_resealed(to_jsonb(old), to_jsonb(new))
        and (old.reason_sealed is not null or new.actor is distinct from audit.actor()) then
        raise exception 'append_only' using errcode = 'LM001';
    end if;
    return new;
end $$;

create or replace trigger wall_two_persons before insert on relay.exemption
    for each row execute function relay_release.two_persons();
create or replace trigger wall_noted before update on relay.exemption
    for each row execute function relay_release.withdrawal_noted();
create or replace trigger wall_reason before insert or update on compliance.withdrawal
    for each row execute function relay_release.withdrawal_reason();
