"""People's accounts, their sessions, API clients, and grants of roles."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from contracts.vocabulary import Role
from gateway.model.metadata import metadata

POSTLESS_ROLES = frozenset(
    {Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR, Role.OPERATOR}
)
"""Roles that need a grant only; every other right is a grant and a valid post (lifecycles.md)."""

ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR})
"""The three separated administrators: different persons without business roles (access.md 4)."""

UNGRANTABLE = frozenset({Role.API_CLIENT, Role.SYSTEM})

ALL_SCOPES = text(
    "'{submit,drafts,read_reports,read_receipts,assignments,timeliness,results,directory,webhooks}'"
)
"""`gateway.identity.scopes` names them; clients made by processes of the old code may do everything, as before."""

accounts = Table(
    "accounts",
    metadata,
    Column("account_id", Uuid, primary_key=True),  # the person's id, where the directory knows the person
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("disabled", Boolean, nullable=False, server_default=text("false")),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("locked_until", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("locks", Integer, nullable=False, server_default=text("0")),  # in a row; each is longer than the last
    Column("code_secret", LargeBinary),  # sealed; None: signs in by password alone
    Column("code_secret_offered", LargeBinary),  # sealed; shown as a picture until a first code confirms it
    Column("code_step", BigInteger, nullable=False, server_default=text("0")),  # of the last code taken
    Index("uq_accounts_login", "login", unique=True),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("account_id", Uuid, ForeignKey("accounts.account_id"), primary_key=True),
    Column("code_hash", LargeBinary, primary_key=True),
)
"""What is left of them; a used one is deleted."""

address_failures = Table(
    "address_failures",
    metadata,
    Column("address", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("locks", Integer, nullable=False),
    Column("locked_until", DateTime(timezone=True)),
    Column("failed_at", DateTime(timezone=True), nullable=False),
)
"""Failed attempts to sign in by the address they came from; forgotten after a quiet while."""

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.account_id"), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("session_id", Uuid, nullable=False, server_default=text("gen_random_uuid()")),
    Column("address", Text),  # where it began
    Column("device", Text),  # what the browser or program called itself then
    Index("uq_sessions_session_id", "session_id", unique=True),
    Index("ix_sessions_account_id", "account_id"),
    Index("ix_sessions_expires_at", "expires_at"),
)

clients = Table(
    "clients",
    metadata,
    Column("client_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("token_hash", LargeBinary, nullable=False),
    Column("attested", Boolean, nullable=False, server_default=text("false")),
    Column("disabled", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("scopes", ARRAY(Text), nullable=False, server_default=ALL_SCOPES),
    Column("networks", ARRAY(Text), nullable=False, server_default=text("'{}'")),  # none: from everywhere
    Column("per_minute", Integer),  # None: as the setting says
    Column("trial", Boolean, nullable=False, server_default=text("false")),
    Column("token_prefix", Text),  # None: made before prefixes were kept
    Column("token_used_at", DateTime(timezone=True)),
    Column("earlier_hash", LargeBinary),
    Column("earlier_prefix", Text),
    Column("earlier_until", DateTime(timezone=True)),
    Column("earlier_used_at", DateTime(timezone=True)),
    Index("uq_clients_token_hash", "token_hash", unique=True),
    Index("uq_clients_earlier_hash", "earlier_hash", unique=True),
)
"""A client has its token and, while a change of tokens lasts, the one before it."""

grants = Table(
    "grants",
    metadata,
    Column("grant_id", Uuid, primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.account_id"), nullable=False),
    Column("role", Text, nullable=False),
    Column("state", Text, nullable=False),  # proposed, approved, refused, revoked
    Column("proposed_by", Uuid, nullable=False),
    Column("proposed_by_name", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    Column("decided_by", Uuid),
    Column("decided_by_name", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Index(
        "uq_grants_account_id_role",
        "account_id",
        "role",
        unique=True,
        postgresql_where=text("state IN ('proposed', 'approved')"),
    ),
)
