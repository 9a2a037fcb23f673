"""What the wall consists of in a database, as one list that can be compared: functions, triggers, policies, grants."""

import re
from collections.abc import Iterable

from sqlalchemy import Table, text

OBJECTS = text(
    """
    with inside as (select n.oid, n.nspname from pg_namespace n where n.nspname = any(:schemas)),
    ours as (
        select c.oid, c.relacl, c.relrowsecurity, c.relforcerowsecurity, c.relkind
        from pg_class c join inside i on i.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
    )
    select 'function ' || p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as body
    from pg_proc p join inside i on i.oid = p.pronamespace where p.prokind = 'f'
    union all
    select 'trigger ' || t.tgrelid::regclass::text || '.' || t.tgname,
           t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid)
    from pg_trigger t
    where not t.tgisinternal and (t.tgrelid in (select oid from ours) or t.tgname like 'wall\\_%')
    union all
    select 'policy ' || p.polrelid::regclass::text || '.' || p.polname,
           concat_ws(' ', p.polpermissive, p.polroles::text, p.polcmd,
                     pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
    from pg_policy p where p.polrelid in (select oid from ours)
    union all
    select 'rows ' || o.oid::regclass::text, concat_ws(' ', o.relrowsecurity, o.relforcerowsecurity)
    from ours o where o.relrowsecurity or o.relforcerowsecurity
    union all
    select 'grant ' || o.oid::regclass::text || ' to ' || acl.grantee::regrole::text,
           string_agg(acl.privilege_type, ' ' order by acl.privilege_type)
    from ours o, lateral aclexplode(o.relacl) acl group by 1
    union all
    select 'grant ' || a.attrelid::regclass::text || '.' || a.attname || ' to ' || acl.grantee::regrole::text,
           string_agg(acl.privilege_type, ' ' order by acl.privilege_type)
    from pg_attribute a, lateral aclexplode(a.attacl) acl
    where a.attrelid in (select oid from ours) and a.attnum > 0 group by 1
    union all
    select 'grant ' || p.oid::regprocedure::text || ' to ' || acl.grantee::regrole::text,
           string_agg(acl.privilege_type, ' ')
    from pg_proc p join inside i on i.oid = p.pronamespace, lateral aclexplode(p.proacl) acl group by 1
    union all
    select 'grant schema ' || n.nspname || ' to ' || acl.grantee::regrole::text,
           string_agg(acl.privilege_type, ' ' order by acl.privilege_type)
    from pg_namespace n join inside i on i.oid = n.oid, lateral aclexplode(n.nspacl) acl group by 1
    """
)
"""Name and text of each. Takes `schemas`."""

SETTINGS = text(
    """
    select distinct concat('setting ', split_part(said, '=', 1), ' of ', coalesce(r.rolname, 'everyone'))
        as name
    from pg_db_role_setting s left join pg_roles r on r.oid = s.setrole, unnest(s.setconfig) said
    where s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
        and (s.setrole = 0 or r.rolname = any(:roles)) and split_part(said, '=', 1) <> all(:known)
    """
)
"""Settings that a role, or every role here, begins with and that nobody installed. A role may alter its own."""
KNOWN_SETTINGS = ("lock_timeout", "idle_in_transaction_session_timeout", "transaction_timeout")
"""The bounds that infra/postgres gives; how long they are is the operator's."""

_MADE = (
    (re.compile(r"create or replace function ([\w.]+)\("), "function {}("),
    (
        re.compile(r"create (?:or replace|constraint) trigger (\w+) [^;]*? on ([\w.]+)"),
        "trigger {1}.{0}",
    ),
    (re.compile(r"create policy (\w+) on ([\w.]+)"), "policy {1}.{0}"),
)


def foreign(names: Iterable[str], statements: Iterable[str]) -> set[str]:
    """Functions, triggers and policies among `names` that none of these statements makes."""
    made = {
        form.format(*found.groups())
        for sql in statements
        for pattern, form in _MADE
        for found in pattern.finditer(sql)
    }
    return {
        name
        for name in names
        if name.startswith(("function ", "trigger ", "policy "))
        and (name if "(" not in name else name[: name.index("(") + 1]) not in made
    }


def comments(tables: Iterable[Table]) -> str:
    """SQL that writes each column's class beside it, where the dictionary and the sweep read it."""
    lines = [
        f"comment on column {table.fullname}.{column.name} is '{column.comment}'"
        for table in tables
        for column in table.columns
    ]
    said = ";\n    ".join(lines)
    return f"do $$ begin\n    {said};\nend $$"
