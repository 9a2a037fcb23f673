"""Audit events and functions check what they are given; an event that cannot be an entry is set aside.

Revision ID: 0050
"""

from alembic import op

from lmhg_kit.persistence.audit import run_script
from lmhg_kit.persistence.audit_bounds import BOUND_EVENTS, tell_revision

revision = "0050"
down_revision = "0040"

MOST_MAX = 100_000

CHECK_INDEX = f"""
create function compliance.check_index(wanted_zone text, most integer) returns void
language plpgsql stable set search_path = pg_catalog as $$
begin
    if most is null or most < 1 or most > {MOST_MAX}
       or wanted_zone is null or length(wanted_zone) > 64 then
        raise exception 'argument_out_of_range' using errcode = '22023';
    end if;
    perform now() at time zone wanted_zone;
end $$;
"""

CHECKED = """
alter function compliance.index_{ledger}(text, integer) rename to index_{ledger}_rows;
revoke all on function compliance.index_{ledger}_rows(text, integer) from public, gw_workspace, gw_worker;
create function compliance.index_{ledger}(wanted_zone text, most integer) returns bigint
language plpgsql security definer set search_path = pg_catalog as $$
begin
    perform compliance.check_index(wanted_zone, most);
    return compliance.index_{ledger}_rows(wanted_zone, most);
end $$;
revoke all on function compliance.index_{ledger}(text, integer) from public;
"""


def upgrade() -> None:
    link = op.get_bind()
    run_script(link, BOUND_EVENTS)
    run_script(link, tell_revision("practice"))
    run_script(link, CHECK_INDEX)
    run_script(link, "revoke all on function compliance.check_index(text, integer) from public")
    for ledger in ("relay", "access"):
        run_script(link, CHECKED.format(ledger=ledger))


def downgrade() -> None:
    raise RuntimeError("a ledger is never taken down")
