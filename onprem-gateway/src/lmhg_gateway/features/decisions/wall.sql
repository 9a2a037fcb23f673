-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- Two people give a power, and two lift a rule.
--
-- A superuser is let through where a power is given: it can switch any trigger off, and nothing of ours
-- connects as one after bootstrap.

-- The roles that are a power: given and lifted by two people. rules.py says the same to the pages.
create or replace function relay_release.powers() returns varchar[]
language sql immutable set search_path = pg_catalog, pg_temp as
$$ select array['admin', 'compliance']::varchar[] $$;

-- For how long a new holder is no second person for the one who brought them.
create or replace function relay_release.new_holder_for() returns interval
language sql immutable set search_path = pg_catalog, pg_temp as $$ select interval '30 days' $$;

-- Whether an active person has any of these roles.
create or replace function relay_release.holds(who text, any_of varchar[]) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select exists (
        select 1 from identity.user_account u
        where u.id::text = who and u.active and u.roles && any_of)
$$;

create or replace function relay_release.is_officer(who text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as
$$ select relay_release.holds(who, array['compliance']::varchar[]) $$;

-- Whether one of two got a power lately that the other asked for, or by whose invitation.
create or replace function relay_release.are_linked(one text, other text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    before text := coalesce(current_setting('app.actor', true), '');
    found_one boolean;
begin
    perform set_config('app.actor', 'process: second person', true);
    select exists (
        select 1 from compliance.decision d
        join identity.user_account u on u.id = d.user_id,
        (values (one, other), (other, one)) pair (new_one, brought_by)
        where d.kind = 'roles' and d.outcome = 'approved' and d.user_id::text = pair.new_one
          and d.decided_at > now() - relay_release.new_holder_for()
          and (d.requested_by::text = pair.brought_by or u.created_by = pair.brought_by)
    ) into found_one;
    perform set_config('app.actor', before, true);
    return found_one;
end $$;
grant execute on function relay_release.are_linked(text, text) to gw_workspace;

-- Refuses a second person who is none: the asker is nobody here or has left, or one brought the other.
create or replace function relay_release.check_second(second text, asker text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not exists (select 1 from identity.user_account u where u.id::text = asker and u.active) then
        raise exception 'asker_left' using errcode = 'LM022';
    end if;
    if relay_release.are_linked(second, asker) then
        raise exception 'new_holder' using errcode = 'LM021';
    end if;
end $$;

create or replace function relay_release.power_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    had varchar[] := '{}';
    gained varchar[];
begin
    if tg_op = 'INSERT' then
        new.created_by := audit.actor();
    else
        new.created_by := old.created_by;
    end if;
    if (select r.rolsuper from pg_roles r where r.rolname = session_user) then
        return new;
    end if;
    if tg_op = 'UPDATE' then
        if (new.id, new.email) is distinct from (old.id, old.email)
            and old.roles && relay_release.powers() then
            raise exception 'power_address' using errcode = 'LM023';
        end if;
        if old.active then
            had := old.roles;
        end if;
    end if;
    gained := array(
        select r from unnest(new.roles) r where new.active and r = any (relay_release.powers())
        except select unnest(had)
    );
    if cardinality(gained) = 0
        or (pg_has_role(session_user, 'lmhg_owner', 'member') and exists (
            select 1 from compliance.founding f
            where f.at = now() and new.id in (f.first_id, f.second_id)))
        or exists (
            select 1 from compliance.decision d
            where d.kind = 'roles' and d.outcome = 'approved' and d.decided_at = now()
              and d.user_id = new.id and gained <@ d.roles)
    then
        return new;
    end if;
    raise exception 'two_persons' using errcode = 'LM012';
end $$;

create or replace function relay_release.decision_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    actor text := audit.actor();
begin
    if tg_op = 'INSERT' then
        new.requested_at := now();
        if new.outcome <> 'open' or new.requested_by::text is distinct from actor
            or not relay_release.holds(new.requested_by::text, array['admin']::varchar[])
            or (new.kind = 'roles' and not exists (
                select 1 from identity.user_account u
                where u.id = new.user_id and u.active and not u.roles && new.roles))
        then
            raise exception 'two_persons' using errcode = 'LM012';
        end if;
        return new;
    end if;
    if audit.only_resealed(to_jsonb(old), to_jsonb(new)) then
        return new;
    end if;
    new.decided_at := now();
    if old.outcome <> 'open' or new.outcome = 'open'
        or new.decided_by::text is distinct from actor
        or to_jsonb(new) - array['outcome', 'decided_by', 'decided_at']
           is distinct from to_jsonb(old) - array['outcome', 'decided_by', 'decided_at']
    then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    if new.outcome = 'dropped' then
        if new.decided_by <> old.requested_by and not exists (
            select 1 from identity.user_account u
            where u.id in (old.requested_by, old.user_id) and not u.active) then
            raise exception 'two_persons' using errcode = 'LM012';
        end if;
        return new;
    end if;
    if new.decided_by in (old.requested_by, old.user_id)
        or not relay_release.holds(new.decided_by::text, relay_release.powers())
        or (new.outcome = 'approved'
            and not relay_release.holds(old.requested_by::text, array['admin']::varchar[]))
    then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    if new.outcome = 'approved' then
        perform relay_release.check_second(actor, old.requested_by::text);
    end if;
    return new;
end $$;

create or replace function relay_release.decision_done() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'UPDATE' and new.outcome = old.outcome then
        return null;
    end if;
    insert into compliance.officer_notice (id, code, actor, subject, roles)
    values (gen_random_uuid(), new.kind || '_' || new.outcome,
        coalesce(new.decided_by, new.requested_by)::text, new.user_id, new.roles);
    if new.outcome <> 'approved' then
        return null;
    end if;
    if new.kind = 'roles' then
        update identity.user_account u
        set roles = array(select unnest(u.roles) union select unnest(new.roles) order by 1)
        where u.id = new.user_id and u.active;
        if not found then
            raise exception 'two_persons' using errcode = 'LM012';
        end if;
    elsif new.required_from is null then
        delete from identity.mfa_rule r where r.role = new.roles[1];
    else
        update identity.mfa_rule r set required_from = new.required_from
        where r.role = new.roles[1];
    end if;
    return null;
end $$;

-- A rule that asks for a second step is made stricter by one person, and weaker by two.
create or replace function relay_release.factor_rule() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    wanted timestamptz;
begin
    if (select r.rolsuper from pg_roles r where r.rolname = session_user) then
        return coalesce(new, old);
    end if;
    if tg_op = 'INSERT' then
        return new;
    end if;
    if tg_op = 'UPDATE' then
        wanted := new.required_from;
        if new.role = old.role and wanted <= old.required_from then
            return new;
        end if;
    end if;
    if (tg_op = 'UPDATE' and new.role <> old.role) or not exists (
        select 1 from compliance.decision d
        where d.kind = 'factor_rule' and d.outcome = 'approved' and d.decided_at = now()
          and d.roles[1] = old.role and d.required_from is not distinct from wanted)
    then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    return coalesce(new, old);
end $$;

create or replace function relay_release.factor_rule_set() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if (tg_op = 'UPDATE' and new.required_from >= old.required_from)
        or exists (select 1 from compliance.founding f where f.at = now()) then
        return null;
    end if;
    insert into compliance.officer_notice (id, code, actor, roles)
    values (gen_random_uuid(), 'rule_set',
        coalesce(nullif(audit.actor(), ''), 'operator'), array[new.role]);
    return null;
end $$;

-- The first two people of a practice, by an operator, while nobody holds a power.
create or replace function relay_release.founding_stands() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtext('compliance.founding'));
    new.at := now();
    if not pg_has_role(session_user, 'lmhg_owner', 'member') or exists (
        select 1 from identity.user_account u where u.active and u.roles && relay_release.powers())
    then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    insert into compliance.officer_notice (id, code, actor, roles)
    values (gen_random_uuid(), 'first_people', 'operator', '{}');
    insert into identity.mfa_rule as r (role, required_from)
    select power, now() from unnest(relay_release.powers()) power
    on conflict (role) do update set required_from = least(r.required_from, now());
    return new;
end $$;

create or replace trigger wall_power before insert or update on identity.user_account
    for each row execute function relay_release.power_stands();
create or replace trigger wall_decision before insert or update on compliance.decision
    for each row execute function relay_release.decision_stands();
create or replace trigger wall_done after insert or update on compliance.decision
    for each row execute function relay_release.decision_done();
create or replace trigger wall_first before insert on compliance.founding
    for each row execute function relay_release.founding_stands();
create or replace trigger wall_rule before insert or update or delete on identity.mfa_rule
    for each row execute function relay_release.factor_rule();
create or replace trigger wall_told after insert or update on identity.mfa_rule
    for each row execute function relay_release.factor_rule_set();
