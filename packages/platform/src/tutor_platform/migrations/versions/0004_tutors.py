"""Tutors with versions; libraries; faces made by teachers.

Every tutor's documents become a library of its own, named after it. The table of documents is made anew, as
SQLite cannot change what a column refers to; nothing refers to documents, so nothing is lost with it.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.String(length=26)
_MOMENT = sa.DateTime(timezone=True)
_STATES = "state IN ('draft', 'published', 'archived')"
_KINDS = "kind IN ('md', 'txt', 'pdf', 'docx', 'pptx', 'html', 'zip')"
_READING = "state IN ('waiting', 'reading', 'ready', 'failed', 'cancelled')"
_FACES = "state IN ('waiting', 'building', 'failed', 'cancelled', 'ready', 'published', 'revoked')"
_NEW_TUTOR_COLUMNS = (
    "llm_model", "minutes_per_lesson", "topics_allowed", "topics_declined", "age_band", "state", "version",
    "revision", "draft", "owner_id", "changed_at",
)  # fmt: skip


def upgrade() -> None:
    _widen_tutors()
    _make_libraries()
    _make_teams()
    _documents_into_libraries()
    _make_faces()


def downgrade() -> None:
    for table in ("face_policies", "face_consents", "faces"):
        op.drop_table(table)
    _documents_into_tutors()
    for table in ("tutor_previews", "tutor_libraries", "tutor_teachers", "tutor_versions", "libraries"):
        op.drop_table(table)
    # A tutor that was never published would be shown to students.
    op.execute(sa.text("DELETE FROM tutors WHERE version = 0"))
    for column in _NEW_TUTOR_COLUMNS:
        op.drop_column("tutors", column)


def _widen_tutors() -> None:
    state = sa.CheckConstraint(_STATES, name=op.f("ck_tutors_state"))
    empty = sa.text("'[]'")
    for column in (
        sa.Column("llm_model", sa.String(length=100), nullable=True),
        sa.Column("minutes_per_lesson", sa.Integer(), nullable=True),
        sa.Column("topics_allowed", sa.JSON(), nullable=False, server_default=empty),
        sa.Column("topics_declined", sa.JSON(), nullable=False, server_default=empty),
        sa.Column("age_band", sa.String(length=10), nullable=True),
        sa.Column("state", sa.String(length=10), state, nullable=False, server_default="published"),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("draft", sa.JSON(), nullable=True),
        sa.Column("owner_id", _ID, nullable=True),
        sa.Column("changed_at", _MOMENT, nullable=True),
    ):
        op.add_column("tutors", column)


def _make_libraries() -> None:
    op.create_table(
        "libraries",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("owner_id", _ID, nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("deleted_at", _MOMENT, nullable=True),
        sa.CheckConstraint("language IN ('en', 'zh')", name=op.f("ck_libraries_language")),
        _to("libraries", "tenant_id", "tenants"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_libraries")),
    )
    op.create_index(op.f("ix_libraries_tenant_id"), "libraries", ["tenant_id"])
    op.execute(
        sa.text(
            "INSERT INTO libraries (id, tenant_id, name, language, created_at) "
            "SELECT id, tenant_id, name, language, created_at FROM tutors"
        )
    )


def _make_teams() -> None:
    op.create_table(
        "tutor_versions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("tutor_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("author_id", _ID, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        _to("tutor_versions", "tenant_id", "tenants"),
        _to("tutor_versions", "tutor_id", "tutors"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tutor_versions")),
        sa.UniqueConstraint("tutor_id", "number", name=op.f("uq_tutor_versions_tutor_id_number")),
    )
    op.create_index(op.f("ix_tutor_versions_tenant_id"), "tutor_versions", ["tenant_id"])
    op.create_table(
        "tutor_teachers",
        sa.Column("tutor_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        _to("tutor_teachers", "tutor_id", "tutors"),
        _to("tutor_teachers", "person_id", "people"),
        sa.PrimaryKeyConstraint("tutor_id", "person_id", name=op.f("pk_tutor_teachers")),
    )
    op.create_index(op.f("ix_tutor_teachers_person_id"), "tutor_teachers", ["person_id"])
    op.create_table(
        "tutor_libraries",
        sa.Column("tutor_id", _ID, nullable=False),
        sa.Column("library_id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("opened", sa.Boolean(), nullable=False),
        _to("tutor_libraries", "tutor_id", "tutors"),
        _to("tutor_libraries", "library_id", "libraries"),
        sa.PrimaryKeyConstraint("tutor_id", "library_id", name=op.f("pk_tutor_libraries")),
    )
    op.create_index(op.f("ix_tutor_libraries_library_id"), "tutor_libraries", ["library_id"])
    op.create_table(
        "tutor_previews",
        sa.Column("lesson_id", _ID, nullable=False),
        _to("tutor_previews", "lesson_id", "lessons"),
        sa.PrimaryKeyConstraint("lesson_id", name=op.f("pk_tutor_previews")),
    )
    rows = _rows("SELECT id FROM tutors")
    links = sa.table(
        "tutor_libraries",
        sa.column("tutor_id"),
        sa.column("library_id"),
        sa.column("position"),
        sa.column("current", sa.Boolean()),
        sa.column("opened", sa.Boolean()),
    )
    op.bulk_insert(
        links,
        [
            {"tutor_id": row["id"], "library_id": row["id"], "position": 0, "current": True, "opened": True}
            for row in rows
        ],
    )


def _documents_into_libraries() -> None:
    rows = _rows(
        "SELECT id, tenant_id, tutor_id, title, kind, file_name, sha256, pages, created_at FROM documents"
    )
    _drop_documents("tutor_id")
    documents = op.create_table(
        "documents",
        *_document_columns(),
        sa.Column("library_id", _ID, nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=True),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=True),
        sa.CheckConstraint(_KINDS, name=op.f("ck_documents_kind")),
        sa.CheckConstraint(_READING, name=op.f("ck_documents_state")),
        _to("documents", "tenant_id", "tenants"),
        _to("documents", "library_id", "libraries"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("library_id", "file_name", name=op.f("uq_documents_library_id_file_name")),
    )
    for column in ("tenant_id", "library_id"):
        op.create_index(op.f(f"ix_documents_{column}"), "documents", [column])
    op.create_table(
        "document_versions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("document_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("replaced_at", _MOMENT, nullable=False),
        _to("document_versions", "tenant_id", "tenants"),
        _to("document_versions", "document_id", "documents"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_versions")),
        sa.UniqueConstraint("document_id", "sha256", name=op.f("uq_document_versions_document_id_sha256")),
    )
    op.create_index(op.f("ix_document_versions_tenant_id"), "document_versions", ["tenant_id"])
    fresh = {"size_bytes": 0, "state": "waiting", "messages": []}
    op.bulk_insert(documents, [_moved(row, "tutor_id", "library_id") | fresh for row in rows])


def _documents_into_tutors() -> None:
    """Each document goes to one tutor that answers from its library.

    What no tutor has is left behind, and so are kinds that were unknown before.
    """
    rows = _rows(
        "SELECT d.id, d.tenant_id, l.tutor_id, d.title, d.kind, d.file_name, d.sha256, d.pages, d.created_at "
        "FROM documents d JOIN tutor_libraries l ON l.library_id = d.library_id AND l.current "
        "JOIN tutors t ON t.id = l.tutor_id AND t.version > 0 "
        "WHERE d.kind IN ('md', 'txt', 'pdf') ORDER BY l.tutor_id"
    )
    op.drop_index(op.f("ix_document_versions_tenant_id"), table_name="document_versions")
    op.drop_table("document_versions")
    _drop_documents("library_id")
    documents = op.create_table(
        "documents",
        *_document_columns(),
        sa.Column("tutor_id", _ID, nullable=False),
        sa.CheckConstraint("kind IN ('md', 'txt', 'pdf')", name=op.f("ck_documents_kind")),
        _to("documents", "tenant_id", "tenants"),
        _to("documents", "tutor_id", "tutors"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("tutor_id", "file_name", name=op.f("uq_documents_tutor_id_file_name")),
    )
    for column in ("tenant_id", "tutor_id"):
        op.create_index(op.f(f"ix_documents_{column}"), "documents", [column])
    kept: dict[str, dict[str, Any]] = {}
    names: set[tuple[str, str]] = set()
    for row in rows:
        name = (row["tutor_id"], row["file_name"])
        if row["id"] not in kept and name not in names:
            kept[row["id"]] = _moved(row, "tutor_id", "tutor_id")
            names.add(name)
    op.bulk_insert(documents, list(kept.values()))


def _make_faces() -> None:
    op.create_table(
        "faces",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("owner_id", _ID, nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("real_person", sa.Boolean(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.String(length=100), nullable=True),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("seconds_left", sa.Float(), nullable=True),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("approved_by", _ID, nullable=True),
        sa.Column("published_at", _MOMENT, nullable=True),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.CheckConstraint(_FACES, name=op.f("ck_faces_state")),
        _to("faces", "tenant_id", "tenants"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faces")),
    )
    op.create_index(op.f("ix_faces_tenant_id"), "faces", ["tenant_id"])
    op.create_table(
        "face_consents",
        sa.Column("face_id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("phrase", sa.String(length=300), nullable=False),
        sa.Column("phrase_until", _MOMENT, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=True),
        sa.Column("signer", sa.String(length=200), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("clip_type", sa.String(length=40), nullable=False),
        sa.Column("clip_sha256", sa.String(length=64), nullable=False),
        sa.Column("clip_bytes", sa.Integer(), nullable=False),
        sa.Column("given_by", _ID, nullable=True),
        sa.Column("given_at", _MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('recorded', 'typed')", name=op.f("ck_face_consents_kind")),
        _to("face_consents", "face_id", "faces"),
        _to("face_consents", "tenant_id", "tenants"),
        sa.PrimaryKeyConstraint("face_id", name=op.f("pk_face_consents")),
    )
    op.create_index(op.f("ix_face_consents_tenant_id"), "face_consents", ["tenant_id"])
    consent = "consent IN ('recorded', 'typed', 'none')"
    op.create_table(
        "face_policies",
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("consent", sa.String(length=10), nullable=False),
        sa.Column("approval", sa.Boolean(), nullable=False),
        sa.CheckConstraint(consent, name=op.f("ck_face_policies_consent")),
        _to("face_policies", "tenant_id", "tenants"),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_face_policies")),
    )


def _document_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
    ]


def _drop_documents(owner: str) -> None:
    for column in (owner, "tenant_id"):
        op.drop_index(op.f(f"ix_documents_{column}"), table_name="documents")
    op.drop_table("documents")


def _rows(query: str) -> Sequence[dict[str, Any]]:
    moment = sa.text(query).columns(created_at=_MOMENT) if "created_at" in query else sa.text(query)
    return [dict(row) for row in op.get_bind().execute(moment).mappings()]


def _moved(row: dict[str, Any], before: str, after: str) -> dict[str, Any]:
    moved = dict(row)
    moved[after] = moved.pop(before)
    return moved


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="CASCADE")
