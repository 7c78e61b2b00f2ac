"""How tutors teach and wait; offered answers; parts of questions that went on.

Columns are added in place, with their own checks: rebuilding a table of SQLite would drop it, and dropping it
would delete the rows that refer to it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_MODES = "mode IN ('explain', 'socratic', 'quiz', 'practice')"


def upgrade() -> None:
    for table in ("tutors", "lessons"):
        mode = sa.CheckConstraint(_MODES, name=op.f(f"ck_{table}_mode"))
        op.add_column(
            table, sa.Column("mode", sa.String(length=10), mode, nullable=False, server_default="explain")
        )
    pace = sa.CheckConstraint("pace BETWEEN 0.2 AND 5.0", name=op.f("ck_tutors_pace"))
    op.add_column("tutors", sa.Column("pace", sa.Float(), pace, nullable=False, server_default="1.0"))
    op.add_column(
        "tutors", sa.Column("push_to_talk", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("turns", sa.Column("choices", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("turns", sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    # What is withdrawn would come back as questions of their own.
    op.execute(sa.text("DELETE FROM turns WHERE withdrawn"))
    op.drop_column("turns", "withdrawn")
    op.drop_column("turns", "choices")
    op.drop_column("tutors", "push_to_talk")
    op.drop_column("tutors", "pace")
    op.drop_column("tutors", "mode")
    op.drop_column("lessons", "mode")
