"""The statements of the accept path, in the driver's spelling; each but the locks' is one round trip."""

from __future__ import annotations

import hashlib

from gateway.receipts.watermark import WATERMARK_LOCK
from kernel.audit.evidence import ENTRY
from kernel.audit.lanes import FREE_LANE

LOOK_UP = """
    SELECT k.request_hash, k.response, k.number AS key_number,
      CASE WHEN k.number IS NULL AND %(scope)s <> '' THEN nextval('receipt_numbers') END AS next_number,
      (SELECT up_to FROM watermark) AS announced,
      (SELECT max(received_at) FROM receipts) AS newest,
      s.name AS signer_name, s.posts AS signer_posts,
      (SELECT name FROM people WHERE person_id = %(author)s) AS author_name,
      l.version AS last_version, l.kind AS last_kind, l.decision AS last_decision,
      l.act AS last_act,
      EXISTS (SELECT 1 FROM receipts WHERE report_id = %(follows)s AND unit_id = %(unit)s) AS follows_known,
      (SELECT number FROM receipts WHERE draft_id = %(draft)s AND version = 1) AS signed_number,
      (SELECT offered_version FROM voided_offers WHERE draft_id = %(offered)s) AS voided_version,
      c.number AS checkpoint_number, c.root AS checkpoint_root
    FROM (SELECT 1) AS one
    LEFT JOIN idempotency_keys k ON k.scope = %(scope)s AND k.key = %(key)s
    LEFT JOIN people s ON s.person_id = %(signer)s
    LEFT JOIN LATERAL (SELECT r.version, r.kind, p.decision,
        r.content #>> '{amendment,act}' AS act FROM receipts r LEFT JOIN receipt_progress p USING (number)
      WHERE r.report_id = %(report)s AND r.unit_id = %(unit)s ORDER BY r.version DESC LIMIT 1) l ON true
    LEFT JOIN LATERAL (SELECT number, root FROM evidence_checkpoints ORDER BY number DESC LIMIT 1) c ON true
"""
"""Everything the gateway's own tables know about one act of signing."""

LOOK_UP_AND_TAKE_LANE = f"""
    WITH lane AS MATERIALIZED ({FREE_LANE})
    SELECT known.*, lane.lane, lane.number AS lane_number, lane.hash AS lane_hash
    FROM ({LOOK_UP}) AS known LEFT JOIN lane ON true
"""  # noqa: S608  # built from the statements above only
"""The same, and a lane of the evidence is held from here to the commit, if one was free."""

LOOK_UP_KEY = (
    "SELECT request_hash, response, number AS key_number FROM idempotency_keys"
    " WHERE scope = %(scope)s AND key = %(key)s"
)
"""The answer given for this key, for a caller who would be refused today; off the usual path."""

INSERT = f"""
    WITH {ENTRY}, kept AS (
      INSERT INTO idempotency_keys (scope, key, request_hash, response, number)
      VALUES (%(scope)s, %(key)s, %(request_hash)s, %(response)s, %(number)s)
    ), told AS (
      INSERT INTO outbox (id, type, envelope) VALUES (%(event_id)s, %(event_type)s, %(envelope)s)
    )
    INSERT INTO receipts (number, report_id, version, kind, unit_id, title, severity, received_at, clock_held, content,
      content_hash, sign_off, draft_id, draft_version, accepted_for, event_id, document)
    VALUES (%(number)s, %(report_id)s, %(version)s, %(kind)s, %(unit_id)s, %(title)s, %(severity)s, %(received_at)s,
      %(clock_held)s, %(content)s, %(content_hash)s, %(sign_off)s, %(draft_id)s, %(draft_version)s, %(accepted_for)s,
      %(event_id)s, %(document)s)
"""  # noqa: S608  # built from the statements above only
"""The receipt, its idempotency key, its event and its entry in the evidence."""


def take_locks(scope: str, key: str) -> str:
    """Two statements: this key's lock alone, then the watermark's, shared. Each waits for LOCK_TIMEOUT of
    `kernel.database` (5 s) at the most; the second is asked for once the first is held."""
    return (
        f"SELECT pg_advisory_xact_lock({lock_number(scope, key)});"
        f" SELECT pg_advisory_xact_lock_shared({WATERMARK_LOCK})"
    )


def lock_number(scope: str, key: str) -> int:
    """A 64-bit number for an advisory lock; two keys that share one only wait for each other."""
    return int.from_bytes(hashlib.sha256(f"{scope}\n{key}".encode()).digest()[:8], "big", signed=True)
