"""The part of the wall by which a session check learns whether the glass is broken.

The check has no actor yet, so the rows of openings are not visible to it: this function names one,
and tells a moment, nothing else.
"""

from lmhg_kit.persistence.wall import Statement

OPEN_UNTIL = """
create or replace function relay_release.glass_open_until(who uuid, moment timestamptz)
returns timestamptz
language plpgsql security definer set search_path = pg_catalog as $$
declare
    before text := coalesce(current_setting('app.actor', true), '');
    until timestamptz;
begin
    perform set_config('app.actor', 'process: session check', true);
    select max(g.ends_at) into until from compliance.break_glass g
    where g.user_id = who and g.ended_at is null and g.opened_at <= moment and g.ends_at > moment;
    perform set_config('app.actor', before, true);
    return until;
end $$
"""

STATEMENTS = (Statement("relay_release.glass_open_until", OPEN_UNTIL),)
GRANTS = [
    "grant execute on function relay_release.glass_open_until(uuid, timestamptz) to gw_workspace"
]
