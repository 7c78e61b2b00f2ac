"""People: invitations, devices, other organisations' sign-in, the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _id(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(length=26), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, MOMENT, nullable=nullable)


def _refers(table: str, column: str, to: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=ondelete
    )


def upgrade() -> None:
    op.add_column("people", _moment("password_until", nullable=True))
    op.add_column("people", sa.Column("email", sa.String(length=254), nullable=True))
    op.add_column("people", _moment("disabled_at", nullable=True))
    op.create_index("ix_people_tenant_id_email", "people", ["tenant_id", "email"], unique=True)
    op.create_index("ix_people_tenant_id_name", "people", ["tenant_id", "name", "id"], unique=False)
    op.add_column("sign_ins", sa.Column("device", sa.String(length=80), nullable=False, server_default=""))
    op.add_column(
        "sign_ins", sa.Column("method", sa.String(length=12), nullable=False, server_default="password")
    )
    op.add_column("sign_ins", _moment("last_seen_at", nullable=True))
    op.create_table(
        "audit_entries",
        _id("id"),
        _id("tenant_id"),
        _id("person_id", nullable=True),
        _id("sign_in_id", nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        _moment("at"),
        _refers("audit_entries", "tenant_id", "tenants"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_tenant_id_id", "audit_entries", ["tenant_id", "id"], unique=False)
    _create_invitations()
    _create_sso()


def _create_invitations() -> None:
    op.create_table(
        "invitations",
        _id("id"),
        _id("tenant_id"),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        _id("class_id", nullable=True),
        _id("created_by", nullable=True),
        _moment("created_at"),
        _moment("expires_at"),
        _moment("used_at", nullable=True),
        _id("used_by", nullable=True),
        _moment("revoked_at", nullable=True),
        sa.CheckConstraint("role IN ('admin', 'teacher', 'student')", name=op.f("ck_invitations_role")),
        _refers("invitations", "tenant_id", "tenants"),
        _refers("invitations", "created_by", "people", "SET NULL"),
        _refers("invitations", "used_by", "people", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_index(op.f("ix_invitations_tenant_id"), "invitations", ["tenant_id"], unique=False)
    op.create_index(op.f("ix_invitations_expires_at"), "invitations", ["expires_at"], unique=False)


def _create_sso() -> None:
    op.create_table(
        "sign_in_providers",
        _id("id"),
        _id("tenant_id"),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("client_id", sa.String(length=300), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        sa.Column("domains", sa.JSON(), nullable=False),
        sa.Column("default_role", sa.String(length=20), nullable=False),
        sa.Column("makes_accounts", sa.Boolean(), nullable=False),
        sa.Column("links_by_email", sa.Boolean(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        _moment("created_at"),
        sa.CheckConstraint(
            "default_role IN ('teacher', 'student')", name=op.f("ck_sign_in_providers_default_role")
        ),
        _refers("sign_in_providers", "tenant_id", "tenants"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_providers")),
    )
    op.create_index(op.f("ix_sign_in_providers_tenant_id"), "sign_in_providers", ["tenant_id"], unique=False)
    op.create_table(
        "provider_accounts",
        _id("provider_id"),
        sa.Column("subject", sa.String(length=255), nullable=False),
        _id("person_id"),
        _moment("created_at"),
        _refers("provider_accounts", "provider_id", "sign_in_providers"),
        _refers("provider_accounts", "person_id", "people"),
        sa.PrimaryKeyConstraint("provider_id", "subject", name=op.f("pk_provider_accounts")),
    )
    op.create_index(op.f("ix_provider_accounts_person_id"), "provider_accounts", ["person_id"], unique=False)
    op.create_table(
        "sign_in_attempts",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        _id("provider_id"),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("verifier", sa.String(length=128), nullable=False),
        sa.Column("redirect_uri", sa.String(length=500), nullable=False),
        _moment("expires_at"),
        _refers("sign_in_attempts", "provider_id", "sign_in_providers"),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index(op.f("ix_sign_in_attempts_expires_at"), "sign_in_attempts", ["expires_at"], unique=False)


def downgrade() -> None:
    for table in ("sign_in_attempts", "provider_accounts", "sign_in_providers", "invitations", "audit_entries"):
        op.drop_table(table)
    for column in ("last_seen_at", "method", "device"):
        op.drop_column("sign_ins", column)
    op.drop_index("ix_people_tenant_id_name", table_name="people")
    op.drop_index("ix_people_tenant_id_email", table_name="people")
    # Who was disabled must not come back by going back: without the column, only the password can keep them out.
    op.execute(sa.text("UPDATE people SET password_hash = '' WHERE disabled_at IS NOT NULL"))
    for column in ("disabled_at", "email", "password_until"):
        op.drop_column("people", column)
