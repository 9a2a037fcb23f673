-- Triggers and functions that no table can declare. Which login may read or write a table is `__access__` in
-- models.py; triggers that tables have alike are lmhg_kit/persistence/{generated,release}_triggers.py.

-- One list of roles a person, and what a leaver held or has seen ends with the account.

create or replace function relay_release.roles_follow() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update practice.staff_profile p set roles = new.roles
    where p.id = new.id and p.roles is distinct from new.roles;
    return null;
end $$;

create or replace function relay_release.account_ends() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if old.active and not new.active then
        new.password_hash := null;
        new.ended_at := coalesce(new.ended_at, now());
    end if;
    return new;
end $$;

create or replace function relay_release.account_ended() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    actor text := audit.actor();
begin
    if new.active or not old.active then
        return null;
    end if;
    delete from identity.totp where user_id = new.id;
    delete from identity.passkey where user_id = new.id;
    delete from identity.recovery_code where user_id = new.id;
    delete from identity.challenge where user_id = new.id;
    delete from identity.handoff where user_id = new.id;
    delete from identity.letter where user_id = new.id and used_at is null;
    delete from identity.authorization_code where user_id = new.id;
    delete from identity.session where user_id = new.id;
    delete from identity.known_browser where user_id = new.id;
    update identity.refresh_token
    set revoked_at = coalesce(revoked_at, now()), answer_sealed = null
    where user_id = new.id;
    update identity.client_secret set ends_at = now()
    where shown_to = new.id::text and coalesce(ends_at, 'infinity') > now();
    update identity.oauth_client c set active = false
    where c.active and exists (
        select 1 from identity.client_secret s
        where s.client = c.id and s.shown_to = new.id::text and s.ends_at = now()
    ) and not exists (
        select 1 from identity.client_secret s
        where s.client = c.id and coalesce(s.ends_at, 'infinity') > now()
    );
    delete from identity.device_reset where asked_by = new.id and approved_at is null;
    if actor ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
        update compliance.decision
        set outcome = 'dropped', decided_by = actor::uuid, decided_at = now()
        where outcome = 'open' and new.id in (requested_by, user_id);
        update identity.scope_request
        set outcome = 'declined', decided_by = actor, decided_at = now()
        where outcome = 'open' and requested_by = new.id::text;
        update compliance.exemption_request
        set outcome = 'declined', decided_by = actor, decided_at = now()
        where outcome = 'open' and requested_by = new.id::text;
    end if;
    return null;
end $$;

create or replace trigger wall_roles after update of roles on identity.user_account
    for each row execute function relay_release.roles_follow();
create or replace trigger wall_ends before update of active on identity.user_account
    for each row execute function relay_release.account_ends();
create or replace trigger wall_ended after update of active on identity.user_account
    for each row execute function relay_release.account_ended();

-- The step that a browser remembers is written by the process that saw it proved; any other may forget it alone.
create or replace function identity.step_guard() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if new.step_at is null then
        new.step_method := null;
    elsif (new.step_at, new.step_method) is distinct from (old.step_at, old.step_method)
        and session_user = 'gw_workspace'
    then
        raise exception 'append_only' using errcode = 'LM001';
    end if;
    return new;
end $$;

create or replace trigger wall_step before update on identity.known_browser
    for each row execute function identity.step_guard();
alter table identity.known_browser enable always trigger wall_step;

-- A new password ends what browsers remember of the second step.
create or replace function identity.password_changed() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update identity.known_browser set step_at = null where user_id = new.id;
    return null;
end $$;

create or replace trigger wall_password after update of password_hash on identity.user_account
    for each row when (old.password_hash is distinct from new.password_hash)
    execute function identity.password_changed();

-- The worker hears of a letter to send at once.
create or replace function identity.ring() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_notify('identity_letter', '');
    return null;
end $$;

create or replace trigger letter_bell after insert on identity.letter
    for each statement execute function identity.ring();
