"""Indexes for long lists: a person's lessons in their order, and the lessons that broke off."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BROKEN = sa.text("questions = 0 OR trouble <> ''")


def upgrade() -> None:
    op.create_index("ix_lessons_person_id_id", "lessons", ["person_id", "id"])
    op.drop_index(op.f("ix_lessons_person_id"), table_name="lessons")
    op.create_index(
        "ix_lesson_facts_broken",
        "lesson_facts",
        ["tenant_id", "day"],
        postgresql_where=_BROKEN,
        sqlite_where=_BROKEN,
    )


def downgrade() -> None:
    op.drop_index("ix_lesson_facts_broken", table_name="lesson_facts")
    op.create_index(op.f("ix_lessons_person_id"), "lessons", ["person_id"])
    op.drop_index("ix_lessons_person_id_id", table_name="lessons")
