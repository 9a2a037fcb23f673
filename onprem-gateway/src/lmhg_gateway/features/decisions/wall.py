"""The database's own say about decisions: two people give a power, and two lift a rule.

Installed with the wall after every migration, and covered by the same drift test. A superuser is
let through: it can switch any trigger off, and nothing of ours connects as one after bootstrap.
"""

from lmhg_gateway.features.decisions.rules import NEW_HOLDER_DAYS, POWERS
from lmhg_kit.persistence.wall import Statement

_POWERS = "array[" + ", ".join(f"'{role}'" for role in POWERS) + "]::varchar[]"
_SUPERUSER = "(select r.rolsuper from pg_roles r where r.rolname = session_user)"
_OWNER = "pg_has_role(session_user, 'lmhg_owner', 'member')"
_TWO = "raise exception 'two_persons' using errcode = 'LM012'"
_HEAD = "language plpgsql security definer set search_path = pg_catalog as $$"


def _holds(who: str, roles: str) -> str:
    return (
        "exists (select 1 from identity.user_account u"  # noqa: S608 - constant table name
        f" where u.id = {who} and u.active and u.roles && {roles})"
    )


def _brought(new: str, by: str) -> str:
    """SQL: whether someone got a power lately that the other asked for, or by whose invitation."""
    return f"""exists (
        select 1 from compliance.decision d
        join identity.user_account u on u.id = d.user_id
        where d.kind = 'roles' and d.outcome = 'approved' and d.user_id::text = {new}
          and d.decided_at > now() - interval '{NEW_HOLDER_DAYS} days'
          and (d.requested_by::text = {by} or u.created_by = {by})
    )"""  # noqa: S608 - constant table names


ARE_LINKED = f"""
create or replace function relay_release.are_linked(one text, other text) returns boolean
{_HEAD}
declare
    before text := coalesce(current_setting('app.actor', true), '');
    found_one boolean;
begin
    perform set_config('app.actor', 'process: second person', true);
    found_one := {_brought("one", "other")} or {_brought("other", "one")};
    perform set_config('app.actor', before, true);
    return found_one;
end $$
"""

CHECK_SECOND = f"""
create or replace function relay_release.check_second(second text, asker text) returns void
{_HEAD}
begin
    if exists (select 1 from identity.user_account u where u.id::text = asker and not u.active) then
        raise exception 'asker_left' using errcode = 'LM022';
    end if;
    if relay_release.are_linked(second, asker) then
        raise exception 'new_holder' using errcode = 'LM021';
    end if;
end $$
"""  # noqa: S608 - constant table names

POWER_STANDS = f"""
create or replace function relay_release.power_stands() returns trigger
{_HEAD}
declare
    had varchar[] := '{{}}';
    gained varchar[];
begin
    if tg_op = 'INSERT' then
        new.created_by := coalesce(current_setting('app.actor', true), '');
    else
        new.created_by := old.created_by;
    end if;
    if {_SUPERUSER} then
        return new;
    end if;
    if tg_op = 'UPDATE' then
        if (new.id, new.email) is distinct from (old.id, old.email) and old.roles && {_POWERS} then
            raise exception 'power_address' using errcode = 'LM023';
        end if;
        if old.active then
            had := old.roles;
        end if;
    end if;
    gained := array(
        select r from unnest(new.roles) r where new.active and r = any ({_POWERS})
        except select unnest(had)
    );
    if cardinality(gained) = 0
        or ({_OWNER} and exists (
            select 1 from compliance.founding f
            where f.at = now() and new.id in (f.first_id, f.second_id)))
        or exists (
            select 1 from compliance.decision d
            where d.kind = 'roles' and d.outcome = 'approved' and d.decided_at = now()
              and d.user_id = new.id and gained <@ d.roles)
    then
        return new;
    end if;
    {_TWO};
end $$
"""  # noqa: S608 - constant table names

DECISION_STANDS = f"""
create or replace function relay_release.decision_stands() returns trigger
{_HEAD}
declare
    actor text := current_setting('app.actor', true);
begin
    if tg_op = 'INSERT' then
        new.requested_at := now();
        if new.outcome <> 'open' or new.requested_by::text is distinct from actor
            or not {_holds("new.requested_by", "array['admin']::varchar[]")}
            or (new.kind = 'roles' and not exists (
                select 1 from identity.user_account u
                where u.id = new.user_id and u.active and not u.roles && new.roles))
        then
            {_TWO};
        end if;
        return new;
    end if;
    if session_user = 'gw_worker'
        and to_jsonb(new) - 'reason_sealed' = to_jsonb(old) - 'reason_sealed' then
        return new;
    end if;
    new.decided_at := now();
    if old.outcome <> 'open' or new.outcome = 'open'
        or new.decided_by::text is distinct from actor
        or to_jsonb(new) - array['outcome', 'decided_by', 'decided_at']
           is distinct from to_jsonb(old) - array['outcome', 'decided_by', 'decided_at']
    then
        {_TWO};
    end if;
    if new.outcome = 'dropped' then
        if new.decided_by <> old.requested_by and not exists (
            select 1 from identity.user_account u
            where u.id in (old.requested_by, old.user_id) and not u.active) then
            {_TWO};
        end if;
        return new;
    end if;
    if new.decided_by in (old.requested_by, old.user_id)
        or not {_holds("new.decided_by", _POWERS)}
        or (new.outcome = 'approved'
            and not {_holds("old.requested_by", "array['admin']::varchar[]")})
    then
        {_TWO};
    end if;
    if new.outcome = 'approved' then
        perform relay_release.check_second(actor, old.requested_by::text);
    end if;
    return new;
end $$
"""  # noqa: S608 - constant table names

DECISION_DONE = f"""
create or replace function relay_release.decision_done() returns trigger
{_HEAD}
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
            {_TWO};
        end if;
    elsif new.required_from is null then
        delete from identity.mfa_rule r where r.role = new.roles[1];
    else
        update identity.mfa_rule r set required_from = new.required_from
        where r.role = new.roles[1];
    end if;
    return null;
end $$
"""  # noqa: S608 - constant table names

FACTOR_RULE = f"""
create or replace function relay_release.factor_rule() returns trigger
{_HEAD}
declare
    wanted timestamptz;
begin
    if {_SUPERUSER} then
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
        {_TWO};
    end if;
    return coalesce(new, old);
end $$
"""  # noqa: S608 - constant table names

FACTOR_RULE_SET = f"""
create or replace function relay_release.factor_rule_set() returns trigger
{_HEAD}
begin
    if (tg_op = 'UPDATE' and new.required_from >= old.required_from)
        or exists (select 1 from compliance.founding f where f.at = now()) then
        return null;
    end if;
    insert into compliance.officer_notice (id, code, actor, roles)
    values (gen_random_uuid(), 'rule_set',
        coalesce(nullif(current_setting('app.actor', true), ''), 'operator'), array[new.role]);
    return null;
end $$
"""  # noqa: S608 - constant table names

FOUNDING_STANDS = f"""
create or replace function relay_release.founding_stands() returns trigger
{_HEAD}
begin
    perform pg_advisory_xact_lock(hashtext('compliance.founding'));
    new.at := now();
    if not {_OWNER} or exists (
        select 1 from identity.user_account u where u.active and u.roles && {_POWERS})
    then
        {_TWO};
    end if;
    insert into compliance.officer_notice (id, code, actor, roles)
    values (gen_random_uuid(), 'first_people', 'operator', '{{}}');
    insert into identity.mfa_rule as r (role, required_from)
    select power, now() from unnest({_POWERS}) power
    on conflict (role) do update set required_from = least(r.required_from, now());
    return new;
end $$
"""  # noqa: S608 - constant table names


def _trigger(table: str, name: str, when: str, function: str, *, each: str = "row") -> Statement:
    sql = (
        f"create or replace trigger {name} {when} on {table}"
        f" for each {each} execute function {function}()"
    )
    return Statement(f"{table}.{name}", sql)


def _kept(table: str, when: str) -> Statement:
    return _trigger(table, "wall_kept", when, "audit.refuse_change", each="statement")


_DECISION, _NOTICE, _FOUNDING = (
    "compliance.decision",
    "compliance.officer_notice",
    "compliance.founding",
)
_RULE, _WRITE = "identity.mfa_rule", "before insert or update"
STATEMENTS = (
    Statement("relay_release.are_linked", ARE_LINKED),
    Statement("relay_release.check_second", CHECK_SECOND),
    Statement("relay_release.power_stands", POWER_STANDS),
    Statement("relay_release.decision_stands", DECISION_STANDS),
    Statement("relay_release.decision_done", DECISION_DONE),
    Statement("relay_release.factor_rule", FACTOR_RULE),
    Statement("relay_release.factor_rule_set", FACTOR_RULE_SET),
    Statement("relay_release.founding_stands", FOUNDING_STANDS),
    _trigger("identity.user_account", "wall_power", _WRITE, "relay_release.power_stands"),
    _trigger(_DECISION, "wall_decision", _WRITE, "relay_release.decision_stands"),
    _trigger(_DECISION, "wall_done", "after insert or update", "relay_release.decision_done"),
    _kept(_DECISION, "before delete or truncate"),
    _kept(_NOTICE, "before delete or truncate"),
    _trigger(_FOUNDING, "wall_first", "before insert", "relay_release.founding_stands"),
    _kept(_FOUNDING, "before update or delete or truncate"),
    _trigger(_RULE, "wall_rule", "before insert or update or delete", "relay_release.factor_rule"),
    _trigger(_RULE, "wall_told", "after insert or update", "relay_release.factor_rule_set"),
)
GRANTS = [
    "grant execute on function relay_release.are_linked(text, text) to gw_workspace",
    (
        "revoke insert, update, delete, truncate on compliance.officer_notice, compliance.founding"
        " from gw_workspace, gw_worker"
    ),
    "revoke delete, truncate on compliance.decision from gw_workspace, gw_worker",
    "revoke insert on compliance.decision from gw_worker",
    "grant update (told_at) on compliance.officer_notice to gw_worker",
    "grant update (seen_by, seen_at) on compliance.officer_notice to gw_workspace",
    "revoke insert, update, delete, truncate on identity.mfa_rule from gw_identity",
]
"""Closed by default: nobody writes a notice, forgets a decision, or deletes a rule."""
