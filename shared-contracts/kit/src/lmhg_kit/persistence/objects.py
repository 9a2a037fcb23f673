"""What the wall consists of in a database, as one list that can be compared: functions, triggers, policies, grants."""

from collections.abc import Iterable

from sqlalchemy import Table, text

OBJECTS = text(
    """
    with inside as (select n.oid, n.nspname from pg_namespace n where n.nspname = any(:schemas)),
    ours as (
        select c.oid, c.relacl, c.relrowsecurity, c.relforcerowsecurity, c.relkind
        from pg_class c join inside i on i.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
    ),
    mine as (select pg_current_xact_id()::xid as xid)
    select 'function ' || p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as body,
           p.xmin <> (select xid from mine) as is_foreign
    from pg_proc p join inside i on i.oid = p.pronamespace where p.prokind = 'f'
    union all
    select 'trigger ' || t.tgrelid::regclass::text || '.' || t.tgname,
           t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid), t.xmin <> (select xid from mine)
    from pg_trigger t
    where not t.tgisinternal and (t.tgrelid in (select oid from ours) or t.tgname like 'wall\\_%')
    union all
    select 'policy ' || p.polrelid::regclass::text || '.' || p.polname,
           concat_ws(' ', p.polpermissive, p.polroles::text, p.polcmd,
                     pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)),
           p.xmin <> (select xid from mine)
    from pg_policy p where p.polrelid in (select oid from ours)
    union all
    select 'rows ' || o.oid::regclass::text, concat_ws(' ', o.relrowsecurity, o.relforcerowsecurity), false
    from ours o where o.relrowsecurity or o.relforcerowsecurity
    union all
    select 'grant ' || o.oid::regclass::text || ' to ' || acl.grantee::regrole::text,
           string_agg(acl.privilege_type, ' ' order by acl.privilege_type), false
    from ours o, lateral aclexplode(o.relacl) acl group by 1
    union all
    select 'grant ' || a.attrelid::regclass::text || '.' || a.attname || ' to ' || acl.grantee::regrole::text,
           string_agg(acl.privilege_type, ' ' order by acl.privilege_type), false
    from pg_attribute a, lateral aclexplode(a.attacl) acl
    where a.attrelid in (select oid from ours) and a.attnum > 0 group by 1
    union all
    select 'grant ' || p.oid::regprocedure::text || ' to ' || acl.grantee::regrole::text,
           string_agg(acl.privilege_type, ' '), false
    from pg_proc p join inside i on i.oid = p.pronamespace, lateral aclexplode(p.proacl) acl group by 1
    union all
    select 'grant schema ' || n.nspname || ' to ' || acl.grantee::regrole::text,
           string_agg(acl.privilege_type, ' ' order by acl.privilege_type), false
    from pg_namespace n join inside i on i.oid = n.oid, lateral aclexplode(n.nspacl) acl group by 1
    """
)
"""Name and text of each, and whether another transaction wrote it. Takes `schemas`."""


def comments(tables: Iterable[Table]) -> str:
    """SQL that writes each column's class beside it, where the dictionary and the sweep read it."""
    lines = [
        f"comment on column {table.fullname}.{column.name} is '{column.comment}'"
        for table in tables
        for column in table.columns
    ]
    said = ";\n    ".join(lines)
    return f"do $$ begin\n    {said};\nend $$"
