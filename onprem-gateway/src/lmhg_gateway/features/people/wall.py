"""The database's own say about leaving: what a leaver held or has seen ends with the account.

Installed with the wall after every migration, and covered by the same drift test.
"""

from lmhg_kit.persistence.wall import Statement

_HEAD = "language plpgsql security definer set search_path = pg_catalog as $$"
_UUID = "'^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'"

SECRET_SEEN = f"""
create or replace function relay_release.secret_seen() returns trigger
{_HEAD}
begin
    if tg_op = 'INSERT' then
        new.shown_to := coalesce(current_setting('app.actor', true), '');
        return new;
    end if;
    new.shown_to := old.shown_to;
    if coalesce(new.ends_at, 'infinity') > coalesce(old.ends_at, 'infinity') then
        raise exception 'secret_over' using errcode = '42501';
    end if;
    return new;
end $$
"""

ACCOUNT_ENDS = f"""
create or replace function relay_release.account_ends() returns trigger
{_HEAD}
begin
    if old.active and not new.active then
        new.password_hash := null;
        new.ended_at := coalesce(new.ended_at, now());
    end if;
    return new;
end $$
"""

ACCOUNT_ENDED = f"""
create or replace function relay_release.account_ended() returns trigger
{_HEAD}
declare
    actor text := coalesce(current_setting('app.actor', true), '');
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
    if actor ~ {_UUID} then
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
end $$
"""  # noqa: S608 - constant table names


def _trigger(table: str, name: str, when: str, function: str) -> Statement:
    sql = (
        f"create or replace trigger {name} {when} on {table}"
        f" for each row execute function relay_release.{function}()"
    )
    return Statement(f"{table}.{name}", sql)


_ACCOUNT = "identity.user_account"
STATEMENTS = (
    Statement("relay_release.secret_seen", SECRET_SEEN),
    Statement("relay_release.account_ends", ACCOUNT_ENDS),
    Statement("relay_release.account_ended", ACCOUNT_ENDED),
    _trigger("identity.client_secret", "wall_seen", "before insert or update", "secret_seen"),
    _trigger(_ACCOUNT, "wall_ends", "before update of active", "account_ends"),
    _trigger(_ACCOUNT, "wall_ended", "after update of active", "account_ended"),
)
