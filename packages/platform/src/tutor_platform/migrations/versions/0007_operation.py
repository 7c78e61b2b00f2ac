"""Background jobs, quotas, retention, exports, engine nodes."""

import sqlalchemy as sa
from alembic import op

from tutor_platform.jobs import schema

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_at IS NULL AND engine_session_id IS NOT NULL")
MOMENT = sa.DateTime(timezone=True)


def _tenant(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_tenant_id_tenants")
    return sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=name, ondelete="CASCADE")


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_people")
    return sa.ForeignKeyConstraint([column], ["people.id"], name=name, ondelete="CASCADE")


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    _jobs()
    _quotas()
    _retention()
    _exports()
    op.create_table(
        "drained_nodes",
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_drained_nodes")),
    )
    op.create_table(
        "placements",
        sa.Column("engine_session_id", sa.String(length=100), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("placed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("engine_session_id", name=op.f("pk_placements")),
    )
    op.create_index(op.f("ix_placements_placed_at"), "placements", ["placed_at"])
    op.create_index(
        "ix_lessons_open", "lessons", ["tenant_id"], postgresql_where=_OPEN, sqlite_where=_OPEN
    )
    schema.bring_up(op.get_bind())


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=True),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("run_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        _check("jobs", "state", "state IN ('waiting', 'running', 'done', 'dead')"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("key", name=op.f("uq_jobs_key")),
    )
    op.create_index("ix_jobs_due", "jobs", ["state", "run_at"])
    op.create_index("ix_jobs_tenant", "jobs", ["tenant_id", "id"])


def _quotas() -> None:
    op.create_table(
        "quotas",
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("lessons_at_once", sa.Integer(), nullable=True),
        sa.Column("minutes_per_month", sa.Integer(), nullable=True),
        sa.Column("avatar_builds_per_month", sa.Integer(), nullable=True),
        sa.Column("storage_bytes", sa.BigInteger(), nullable=True),
        _tenant("quotas"),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_quotas")),
    )
    op.create_table(
        "usage",
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("metered", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        _check("usage", "metered", "metered IN ('lesson_seconds', 'avatar_builds')"),
        _tenant("usage"),
        sa.PrimaryKeyConstraint("tenant_id", "month", "metered", name=op.f("pk_usage")),
    )
    op.create_table(
        "seat_claims",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        _tenant("seat_claims"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_claims")),
    )
    op.create_index(op.f("ix_seat_claims_tenant_id"), "seat_claims", ["tenant_id"])
    op.create_table(
        "meters",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meters")),
    )


def _retention() -> None:
    op.create_table(
        "retention_policies",
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("transcript_days", sa.Integer(), nullable=True),
        sa.Column("recording_days", sa.Integer(), nullable=True),
        sa.Column("alert_days", sa.Integer(), nullable=True),
        sa.Column("audit_days", sa.Integer(), nullable=True),
        _tenant("retention_policies"),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_retention_policies")),
    )
    op.create_table(
        "deletions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("target", sa.String(length=20), nullable=False),
        sa.Column("target_id", sa.String(length=64), nullable=False),
        sa.Column("requested_by", sa.String(length=26), nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("loose_ends", sa.JSON(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        _check("deletions", "state", "state IN ('waiting', 'done')"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletions")),
    )
    op.create_index("ix_deletions_tenant", "deletions", ["tenant_id", "id"])


def _exports() -> None:
    op.create_table(
        "exports",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("requested_by", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        _check("exports", "state", "state IN ('waiting', 'ready', 'failed')"),
        _tenant("exports"),
        _person("exports", "person_id"),
        _person("exports", "requested_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    for column in ("tenant_id", "person_id", "requested_by"):
        op.create_index(op.f(f"ix_exports_{column}"), "exports", [column])


def downgrade() -> None:
    schema.take_down(op.get_bind())
    op.drop_index("ix_lessons_open", table_name="lessons")
    for table in (
        "placements",
        "drained_nodes",
        "exports",
        "deletions",
        "retention_policies",
        "meters",
        "seat_claims",
        "usage",
        "quotas",
        "jobs",
    ):
        op.drop_table(table)
