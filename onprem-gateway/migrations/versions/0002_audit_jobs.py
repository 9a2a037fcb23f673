"""The audit schema, the job queue, standing approvals and the worker's bell."""

from alembic import op
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from pgqueuer.domain.settings import DBSettings

from lmhg_kit.persistence.audit import CREATE_AUDIT, run_script
from lmhg_kit.persistence.standing import seed_standing

revision = "0002"
down_revision = "0001"

BELL = """
create function ingress.ring() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    perform pg_notify('ingress_delivery', '');
    return null;
end $$;
create trigger delivery_bell after insert on ingress.delivery
    for each statement execute function ingress.ring();
"""


def upgrade() -> None:
    run_script(op.get_bind(), CREATE_AUDIT)
    jobs = QueryBuilderEnvironment(settings=DBSettings(db_schema="jobs"))
    run_script(op.get_bind(), jobs.build_install_query())
    run_script(op.get_bind(), BELL)
    for sql in seed_standing(
        ("redaction_order",), requested_by="policy: redaction", approved_by="policy: compliance"
    ):
        op.execute(sql)


def downgrade() -> None:
    op.execute("drop schema audit cascade")
    op.execute("drop schema jobs cascade")
    op.execute("drop function ingress.ring cascade")
