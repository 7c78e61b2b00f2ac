"""Records of lessons that can be searched and exported; what a student has learned."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = (
    "learner_evidence",
    "learner_facts",
    "learner_memories",
    "recordings",
    "recording_consents",
    "recording_wishes",
    "recording_policies",
    "problem_reports",
)


def _id(name: str = "id") -> sa.Column[str]:
    return sa.Column(name, sa.String(length=26), nullable=False)


def _of(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete="CASCADE"
    )


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def upgrade() -> None:
    op.add_column("lessons", sa.Column("learned_seq", sa.Integer(), nullable=False, server_default="0"))
    _problems()
    _recording()
    _learning()


def _problems() -> None:
    table = "problem_reports"
    op.create_table(
        table,
        _id(),
        _id("tenant_id"),
        _id("lesson_id"),
        sa.Column("turn_id", sa.String(length=26), nullable=True),
        sa.Column("category", sa.String(length=10), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        _moment("created_at"),
        sa.CheckConstraint(
            "category IN ('wrong', 'harmful', 'sound', 'picture', 'hearing', 'other')",
            name=op.f("ck_problem_reports_category"),
        ),
        _of(table, "tenant_id", "tenants"),
        _of(table, "lesson_id", "lessons"),
        _of(table, "turn_id", "turns"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    _index(table, "tenant_id", "lesson_id")


def _recording() -> None:
    op.create_table(
        "recording_policies",
        _id("tenant_id"),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        _moment("changed_at"),
        _of("recording_policies", "tenant_id", "tenants"),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_recording_policies")),
    )
    op.create_table(
        "recording_wishes",
        _id("tutor_id"),
        _id("tenant_id"),
        _id("asked_by"),
        _moment("asked_at"),
        _of("recording_wishes", "tutor_id", "tutors"),
        _of("recording_wishes", "tenant_id", "tenants"),
        _of("recording_wishes", "asked_by", "people"),
        sa.PrimaryKeyConstraint("tutor_id", name=op.f("pk_recording_wishes")),
    )
    _index("recording_wishes", "tenant_id", "asked_by")
    op.create_table(
        "recording_consents",
        _id("lesson_id"),
        _id("tenant_id"),
        _id("asked_by"),
        sa.Column("answer", sa.String(length=10), nullable=False),
        _moment("answered_at"),
        sa.CheckConstraint(
            "answer IN ('granted', 'refused', 'revoked')", name=op.f("ck_recording_consents_answer")
        ),
        _of("recording_consents", "lesson_id", "lessons"),
        _of("recording_consents", "tenant_id", "tenants"),
        _of("recording_consents", "asked_by", "people"),
        sa.PrimaryKeyConstraint("lesson_id", name=op.f("pk_recording_consents")),
    )
    _index("recording_consents", "tenant_id", "asked_by")
    op.create_table(
        "recordings",
        _id(),
        _id("tenant_id"),
        _id("lesson_id"),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("chunks", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        _moment("started_at"),
        _moment("ended_at", nullable=True),
        sa.CheckConstraint(
            "media_type IN ('audio/webm', 'audio/mp4')", name=op.f("ck_recordings_media_type")
        ),
        _of("recordings", "tenant_id", "tenants"),
        _of("recordings", "lesson_id", "lessons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordings")),
    )
    _index("recordings", "tenant_id", "lesson_id")


def _learning() -> None:
    op.create_table(
        "learner_memories",
        _id("person_id"),
        _id("tenant_id"),
        sa.Column("remember", sa.Boolean(), nullable=False),
        _of("learner_memories", "person_id", "people"),
        _of("learner_memories", "tenant_id", "tenants"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_learner_memories")),
    )
    _index("learner_memories", "tenant_id")
    op.create_table(
        "learner_facts",
        _id(),
        _id("tenant_id"),
        _id("person_id"),
        sa.Column("lesson_id", sa.String(length=26), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("content", sa.String(length=160), nullable=False),
        _moment("created_at"),
        sa.CheckConstraint(
            "kind IN ('name', 'grade', 'likes', 'finds_hard', 'goal', 'told')",
            name=op.f("ck_learner_facts_kind"),
        ),
        _of("learner_facts", "tenant_id", "tenants"),
        _of("learner_facts", "person_id", "people"),
        _of("learner_facts", "lesson_id", "lessons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner_facts")),
        sa.UniqueConstraint(
            "person_id", "kind", "content", name=op.f("uq_learner_facts_person_id_kind_content")
        ),
    )
    _index("learner_facts", "tenant_id", "person_id", "lesson_id")
    table = "learner_evidence"
    op.create_table(
        table,
        _id(),
        _id("tenant_id"),
        _id("person_id"),
        _id("lesson_id"),
        _id("turn_id"),
        sa.Column("concept", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        _moment("created_at"),
        sa.CheckConstraint("kind IN ('quiz', 'socratic')", name=op.f(f"ck_{table}_kind")),
        sa.CheckConstraint("outcome IN ('right', 'wrong')", name=op.f(f"ck_{table}_outcome")),
        _of(table, "tenant_id", "tenants"),
        _of(table, "person_id", "people"),
        _of(table, "lesson_id", "lessons"),
        _of(table, "turn_id", "turns"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("turn_id", name=op.f(f"uq_{table}_turn_id")),
    )
    _index(table, "tenant_id", "person_id", "lesson_id")


def downgrade() -> None:
    # Their indexes go with them.
    for table in _TABLES:
        op.drop_table(table)
    op.drop_column("lessons", "learned_seq")
