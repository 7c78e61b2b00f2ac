"""Classes, alerts, reviews."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "classes",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("term", sa.String(length=60), nullable=False),
        sa.Column("join_code", sa.String(length=8), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("language IN ('en', 'zh')", name=op.f("ck_classes_language")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_classes_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classes")),
        sa.UniqueConstraint("join_code", name=op.f("uq_classes_join_code")),
    )
    op.create_index(op.f("ix_classes_tenant_id"), "classes", ["tenant_id"], unique=False)
    op.create_table(
        "class_teachers",
        sa.Column("class_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classes.id"], name=op.f("fk_class_teachers_class_id_classes"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_class_teachers_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("class_id", "person_id", name=op.f("pk_class_teachers")),
    )
    op.create_index(op.f("ix_class_teachers_person_id"), "class_teachers", ["person_id"], unique=False)
    op.create_table(
        "class_students",
        sa.Column("class_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classes.id"], name=op.f("fk_class_students_class_id_classes"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_class_students_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("class_id", "person_id", name=op.f("pk_class_students")),
    )
    op.create_index(op.f("ix_class_students_person_id"), "class_students", ["person_id"], unique=False)
    op.create_table(
        "class_tutors",
        sa.Column("class_id", sa.String(length=26), nullable=False),
        sa.Column("tutor_id", sa.String(length=26), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classes.id"], name=op.f("fk_class_tutors_class_id_classes"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tutor_id"], ["tutors.id"], name=op.f("fk_class_tutors_tutor_id_tutors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("class_id", "tutor_id", name=op.f("pk_class_tutors")),
    )
    op.create_index(op.f("ix_class_tutors_tutor_id"), "class_tutors", ["tutor_id"], unique=False)
    op.create_table(
        "teacher_words",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("lesson_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("after_seq", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_teacher_words_lesson_id_lessons"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_teacher_words_person_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teacher_words")),
    )
    op.create_index("ix_teacher_words_lesson_id_id", "teacher_words", ["lesson_id", "id"], unique=False)
    op.create_index(op.f("ix_teacher_words_person_id"), "teacher_words", ["person_id"], unique=False)
    op.create_table(
        "class_policies",
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("words_on_wall", sa.Boolean(), nullable=False),
        sa.Column("names_in_review", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_class_policies_tenant_id_tenants"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_class_policies")),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("lesson_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("turn_id", sa.String(length=26), nullable=True),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("excerpt", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=26), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("level IN ('notice', 'urgent')", name=op.f("ck_alerts_level")),
        sa.CheckConstraint("source IN ('student', 'tutor')", name=op.f("ck_alerts_source")),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"],
            ["people.id"],
            name=op.f("fk_alerts_acknowledged_by_people"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_alerts_lesson_id_lessons"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_alerts_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_alerts_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["turns.id"], name=op.f("fk_alerts_turn_id_turns"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index(op.f("ix_alerts_lesson_id"), "alerts", ["lesson_id"], unique=False)
    op.create_index(op.f("ix_alerts_person_id"), "alerts", ["person_id"], unique=False)
    op.create_index(
        "ix_alerts_tenant_id_acknowledged_at_id",
        "alerts",
        ["tenant_id", "acknowledged_at", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_alerts_turn_id"), "alerts", ["turn_id"], unique=False)
    op.create_table(
        "safety_contacts",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_safety_contacts_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_safety_contacts_tenant_id_tenants"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_contacts")),
        sa.UniqueConstraint("tenant_id", "email", name=op.f("uq_safety_contacts_tenant_id_email")),
    )
    op.create_index(op.f("ix_safety_contacts_person_id"), "safety_contacts", ["person_id"], unique=False)
    op.create_table(
        "safety_letters",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("alert_id", sa.String(length=26), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_safety_letters_alert_id_alerts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_letters")),
        sa.UniqueConstraint("alert_id", "email", name=op.f("uq_safety_letters_alert_id_email")),
    )
    op.create_index("ix_safety_letters_due_at", "safety_letters", ["due_at"], unique=False)
    op.create_table(
        "flags",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("lesson_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("turn_id", sa.String(length=26), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("raised_by", sa.String(length=26), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by", sa.String(length=26), nullable=True),
        sa.CheckConstraint(
            "reason IN ('alert', 'report', 'uncited', 'not_in_library', 'wrong_answer')",
            name=op.f("ck_flags_reason"),
        ),
        sa.CheckConstraint("status IN ('open', 'seen', 'solved')", name=op.f("ck_flags_status")),
        sa.ForeignKeyConstraint(
            ["handled_by"], ["people.id"], name=op.f("fk_flags_handled_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_flags_lesson_id_lessons"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_flags_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["raised_by"], ["people.id"], name=op.f("fk_flags_raised_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_flags_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["turns.id"], name=op.f("fk_flags_turn_id_turns"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
        sa.UniqueConstraint("turn_id", "reason", name=op.f("uq_flags_turn_id_reason")),
    )
    op.create_index(op.f("ix_flags_lesson_id"), "flags", ["lesson_id"], unique=False)
    op.create_index("ix_flags_person_id_status_id", "flags", ["person_id", "status", "id"], unique=False)
    op.create_index("ix_flags_tenant_id_status_id", "flags", ["tenant_id", "status", "id"], unique=False)
    op.create_table(
        "lesson_facts",
        sa.Column("lesson_id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("tutor_id", sa.String(length=26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(length=10), nullable=False),
        sa.CheckConstraint("trouble IN ('', 'network', 'host')", name=op.f("ck_lesson_facts_trouble")),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_lesson_facts_lesson_id_lessons"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_lesson_facts_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_lesson_facts_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tutor_id"], ["tutors.id"], name=op.f("fk_lesson_facts_tutor_id_tutors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lesson_id", name=op.f("pk_lesson_facts")),
    )
    op.create_index("ix_lesson_facts_person_id_day", "lesson_facts", ["person_id", "day"], unique=False)
    op.create_index(
        "ix_lesson_facts_school",
        "lesson_facts",
        ["tenant_id", "day", "person_id", "tutor_id", "seconds", "questions"],
        unique=False,
    )
    op.create_index(op.f("ix_lesson_facts_tutor_id"), "lesson_facts", ["tutor_id"], unique=False)
    op.create_table(
        "answer_facts",
        sa.Column("turn_id", sa.String(length=26), nullable=False),
        sa.Column("question_id", sa.String(length=26), nullable=False),
        sa.Column("lesson_id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("tutor_id", sa.String(length=26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "kind IN ('cited', 'uncited', 'not_in_library')", name=op.f("ck_answer_facts_kind")
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_answer_facts_lesson_id_lessons"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_answer_facts_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["turns.id"], name=op.f("fk_answer_facts_question_id_turns"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_answer_facts_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["turns.id"], name=op.f("fk_answer_facts_turn_id_turns"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tutor_id"], ["tutors.id"], name=op.f("fk_answer_facts_tutor_id_tutors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("turn_id", name=op.f("pk_answer_facts")),
    )
    op.create_index(op.f("ix_answer_facts_lesson_id"), "answer_facts", ["lesson_id"], unique=False)
    op.create_index("ix_answer_facts_person_id_day", "answer_facts", ["person_id", "day"], unique=False)
    op.create_index(op.f("ix_answer_facts_question_id"), "answer_facts", ["question_id"], unique=False)
    op.create_index(
        "ix_answer_facts_school",
        "answer_facts",
        ["tenant_id", "day", "kind", "topic", "person_id"],
        unique=False,
    )
    op.create_index(op.f("ix_answer_facts_tutor_id"), "answer_facts", ["tutor_id"], unique=False)
    op.create_table(
        "opened_sources",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("lesson_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("tutor_id", sa.String(length=26), nullable=False),
        sa.Column("document_id", sa.String(length=26), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"],
            ["lessons.id"],
            name=op.f("fk_opened_sources_lesson_id_lessons"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_opened_sources_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_opened_sources_tenant_id_tenants"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tutor_id"], ["tutors.id"], name=op.f("fk_opened_sources_tutor_id_tutors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opened_sources")),
    )
    op.create_index(op.f("ix_opened_sources_lesson_id"), "opened_sources", ["lesson_id"], unique=False)
    op.create_index("ix_opened_sources_person_id_day", "opened_sources", ["person_id", "day"], unique=False)
    op.create_index("ix_opened_sources_tenant_id_day", "opened_sources", ["tenant_id", "day"], unique=False)
    op.create_index(op.f("ix_opened_sources_tutor_id"), "opened_sources", ["tutor_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_opened_sources_lesson_id"), table_name="opened_sources")
    op.drop_index("ix_opened_sources_person_id_day", table_name="opened_sources")
    op.drop_index("ix_opened_sources_tenant_id_day", table_name="opened_sources")
    op.drop_index(op.f("ix_opened_sources_tutor_id"), table_name="opened_sources")
    op.drop_table("opened_sources")
    op.drop_index(op.f("ix_answer_facts_lesson_id"), table_name="answer_facts")
    op.drop_index("ix_answer_facts_person_id_day", table_name="answer_facts")
    op.drop_index(op.f("ix_answer_facts_question_id"), table_name="answer_facts")
    op.drop_index("ix_answer_facts_school", table_name="answer_facts")
    op.drop_index(op.f("ix_answer_facts_tutor_id"), table_name="answer_facts")
    op.drop_table("answer_facts")
    op.drop_index("ix_lesson_facts_person_id_day", table_name="lesson_facts")
    op.drop_index("ix_lesson_facts_school", table_name="lesson_facts")
    op.drop_index(op.f("ix_lesson_facts_tutor_id"), table_name="lesson_facts")
    op.drop_table("lesson_facts")
    op.drop_index(op.f("ix_flags_lesson_id"), table_name="flags")
    op.drop_index("ix_flags_person_id_status_id", table_name="flags")
    op.drop_index("ix_flags_tenant_id_status_id", table_name="flags")
    op.drop_table("flags")
    op.drop_index("ix_safety_letters_due_at", table_name="safety_letters")
    op.drop_table("safety_letters")
    op.drop_index(op.f("ix_safety_contacts_person_id"), table_name="safety_contacts")
    op.drop_table("safety_contacts")
    op.drop_index(op.f("ix_alerts_lesson_id"), table_name="alerts")
    op.drop_index(op.f("ix_alerts_person_id"), table_name="alerts")
    op.drop_index("ix_alerts_tenant_id_acknowledged_at_id", table_name="alerts")
    op.drop_index(op.f("ix_alerts_turn_id"), table_name="alerts")
    op.drop_table("alerts")
    op.drop_table("class_policies")
    op.drop_index("ix_teacher_words_lesson_id_id", table_name="teacher_words")
    op.drop_index(op.f("ix_teacher_words_person_id"), table_name="teacher_words")
    op.drop_table("teacher_words")
    op.drop_index(op.f("ix_class_tutors_tutor_id"), table_name="class_tutors")
    op.drop_table("class_tutors")
    op.drop_index(op.f("ix_class_students_person_id"), table_name="class_students")
    op.drop_table("class_students")
    op.drop_index(op.f("ix_class_teachers_person_id"), table_name="class_teachers")
    op.drop_table("class_teachers")
    op.drop_index(op.f("ix_classes_tenant_id"), table_name="classes")
    op.drop_table("classes")
