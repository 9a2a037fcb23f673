"""The database's own say about OAuth clients: new scopes take two people, history stays.

Installed with the wall after every migration, and covered by the same drift test.
"""

from lmhg_kit.persistence.wall import Statement

CLIENT_RIGHTS = """
create or replace function relay_release.client_rights() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
    added varchar[];
    actor text := current_setting('app.actor', true);
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
    if cardinality(added) > 0 and not exists (
        select 1 from identity.scope_request r
        where r.client = new.id and r.outcome = 'open' and added <@ r.scopes
          and r.requested_by <> actor
    ) then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    if cardinality(added) > 0 and not exists (
        select 1 from identity.user_account u
        where u.id::text = actor and u.active and 'admin' = any(u.roles)
    ) then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    if cardinality(added) > 0 then
        perform relay_release.check_second(actor, r.requested_by) from identity.scope_request r
        where r.client = new.id and r.outcome = 'open';
    end if;
    return new;
end $$
"""

SCOPE_REQUEST = """
create or replace function relay_release.scope_request() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
    actor text := current_setting('app.actor', true);
begin
    if tg_op = 'INSERT' and (new.outcome <> 'open' or new.requested_by is distinct from actor) then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    if tg_op = 'UPDATE' and (old.outcome <> 'open' or new.decided_by is distinct from actor
        or (new.id, new.client, new.scopes, new.requested_by, new.requested_at)
           is distinct from (old.id, old.client, old.scopes, old.requested_by, old.requested_at))
    then
        raise exception 'two_persons' using errcode = 'LM012';
    end if;
    return new;
end $$
"""


def _trigger(table: str, name: str, when: str, function: str, *, each: str = "row") -> Statement:
    sql = (
        f"create or replace trigger {name} {when} on {table}"
        f" for each {each} execute function {function}()"
    )
    return Statement(f"{table}.{name}", sql)


STATEMENTS = (
    Statement("relay_release.client_rights", CLIENT_RIGHTS),
    Statement("relay_release.scope_request", SCOPE_REQUEST),
    _trigger(
        "identity.oauth_client",
        "wall_rights",
        "before insert or update",
        "relay_release.client_rights",
    ),
    _trigger(
        "identity.scope_request",
        "wall_two_persons",
        "before insert or update",
        "relay_release.scope_request",
    ),
    _trigger(
        "identity.client_change",
        "wall_kept",
        "before update or delete or truncate",
        "audit.refuse_change",
        each="statement",
    ),
)
