"""The statements of the accept path, as SQL: each is one round trip."""

from __future__ import annotations

import hashlib

from sqlalchemy import DateTime, LargeBinary, Uuid, bindparam, text

LOCK_KEY = text(
    "WITH mine AS MATERIALIZED (SELECT pg_advisory_xact_lock(CAST(:key AS bigint)))"
    " SELECT pg_advisory_xact_lock_shared(CAST(:watermark AS bigint)) FROM mine"
)
"""The second lock is taken once the first is held; it waits for LOCK_TIMEOUT of `kernel.database` (5 s) at the most."""

LOOK_UP = text(
    """
    SELECT k.request_hash, k.response, k.number AS key_number,
      CASE WHEN k.number IS NULL AND :scope <> '' THEN nextval('receipt_numbers') END AS next_number,
      (SELECT up_to FROM watermark) AS announced,
      (SELECT max(received_at) FROM receipts) AS newest,
      s.name AS signer_name, s.posts AS signer_posts,
      (SELECT name FROM people WHERE person_id = :author) AS author_name,
      l.version AS last_version, l.kind AS last_kind, l.decision AS last_decision,
      EXISTS (SELECT 1 FROM receipts WHERE report_id = :follows AND unit_id = :unit) AS follows_known,
      (SELECT number FROM receipts WHERE draft_id = :draft AND version = 1) AS signed_number,
      c.number AS checkpoint_number, c.root AS checkpoint_root
    FROM (SELECT 1) AS one
    LEFT JOIN idempotency_keys k ON k.scope = :scope AND k.key = :key
    LEFT JOIN people s ON s.person_id = :signer
    LEFT JOIN LATERAL (SELECT r.version, r.kind, p.decision FROM receipts r LEFT JOIN receipt_progress p USING (number)
      WHERE r.report_id = :report AND r.unit_id = :unit ORDER BY r.version DESC LIMIT 1) l ON true
    LEFT JOIN LATERAL (SELECT number, root FROM evidence_checkpoints ORDER BY number DESC LIMIT 1) c ON true
    """
).bindparams(
    *(bindparam(name, type_=Uuid()) for name in ("author", "report", "unit", "follows", "draft", "signer")),
)
"""Everything the gateway's own tables know about one act of signing."""

LOOK_UP_KEY = text(
    "SELECT request_hash, response, number AS key_number FROM idempotency_keys WHERE scope = :scope AND key = :key"
)
"""The answer given for this key, for a caller who would be refused today; off the usual path."""

INSERT = text(
    """
    WITH kept AS (
      INSERT INTO idempotency_keys (scope, key, request_hash, response, number)
      VALUES (:scope, :key, :request_hash, :response, :number)
    ), told AS (
      INSERT INTO outbox (id, type, envelope) VALUES (:event_id, :event_type, CAST(:envelope AS jsonb))
    )
    INSERT INTO receipts (number, report_id, version, kind, unit_id, title, severity, received_at, clock_held, content,
      content_hash, sign_off, draft_id, draft_version, accepted_for, event_id, document)
    VALUES (:number, :report_id, :version, :kind, :unit_id, :title, :severity, :received_at, :clock_held,
      CAST(:content AS jsonb), :content_hash, CAST(:sign_off AS jsonb), :draft_id, :draft_version, :accepted_for,
      :event_id, CAST(:document AS jsonb))
    """
).bindparams(
    *(bindparam(name, type_=Uuid()) for name in ("report_id", "unit_id", "draft_id", "event_id")),
    bindparam("response", type_=LargeBinary()),
    bindparam("received_at", type_=DateTime(timezone=True)),
)
"""The receipt, its idempotency key and its event."""


def lock_number(scope: str, key: str) -> int:
    """A 64-bit number for an advisory lock; two keys that share one only wait for each other."""
    return int.from_bytes(hashlib.sha256(f"{scope}\n{key}".encode()).digest()[:8], "big", signed=True)
