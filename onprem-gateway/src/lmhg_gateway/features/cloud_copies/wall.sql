-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- A record that is kept back stays back until another person lifts it, whatever else approves it.

create or replace function relay_release.kept_back_lifted() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    actor text := audit.actor();
begin
    if tg_op = 'INSERT' then
        if not relay_release.can_keep_back(new.kind, new.record_id) then
            raise exception 'kept_back_stands' using errcode = 'LM020';
        end if;
        return new;
    end if;
    if audit.only_resealed(to_jsonb(old), to_jsonb(new)) then
        return new;
    end if;
    if new.lifted_at is null or new.lifted_by is distinct from actor then
        raise exception 'kept_back_stands' using errcode = 'LM020';
    end if;
    if new.lifted_by = old.kept_by or (audit.process_of(session_user) is not null
        and not relay_release.holds(new.lifted_by, relay_release.powers())) then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    if relay_release.are_linked(new.lifted_by, old.kept_by) then
        raise exception 'new_holder' using errcode = 'LM021';
    end if;
    return new;
end $$;

create or replace function relay_release.kept_back_acts() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        perform relay_release.keep_back(new.kind, new.record_id, new.subject_id);
    elsif old.lifted_at is null and new.lifted_at is not null then
        perform relay_release.share_again(new.kind, new.record_id, new.subject_id);
    end if;
    return null;
end $$;

create or replace function relay_release.stays_back() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if new.hipaa_exempt and tg_argv[0] = 'calendar_block' then
        -- Anyone who keeps this appointment back waits for us, and then finds our row; or we for them.
        perform from practice.appointment a
            where a.id = (to_jsonb(new) ->> 'appointment_id')::uuid for share;
    end if;
    if new.hipaa_exempt and exists (
        select 1 from compliance.kept_back k
        where k.kind = tg_argv[0] and k.lifted_at is null and (k.record_id = new.id
            or k.subject_id = (to_jsonb(new) ->> 'appointment_id')::uuid)
    ) then
        new.hipaa_exempt := false;
    end if;
    return new;
end $$;

create or replace trigger wall_lifted before insert or update on compliance.kept_back
    for each row execute function relay_release.kept_back_lifted();
create or replace trigger wall_acts after insert or update on compliance.kept_back
    for each row execute function relay_release.kept_back_acts();
