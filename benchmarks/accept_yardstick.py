"""The gateway's own application with the accept route written by hand; `gunicorn benchmarks.accept_yardstick:app`.

Everything before and around the act is the product's: server, authentication, limits, validation, log and metrics. By
hand are the answer and the one commit of report, key and outbox row: no evidence, no signed receipt, no locks, no
watermark, no second look at what the document refers to.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from typing import Any

import psycopg
from flask import Flask, Response, g, request
from psycopg.rows import dict_row

from gateway.api.reports import KeyRequired, SubmitOptions
from gateway.api.routes import idempotency_key
from gateway.app import create_app
from gateway.assembly import gateway
from gateway.bodies import checked, json_body, query_values
from gateway.entrance import present
from gateway.identity.identity import Identity
from gateway.model.directory import posts_of
from gateway.rates import allow_report
from gateway.receipts.acceptance import KeyReused
from gateway.receipts.signoff import Signing, SubmitReport, check_post, intended_signing
from kernel.clock import china_day
from kernel.ids import new_id
from kernel.logging import configure_logging
from kernel.settings import load_settings

ENDPOINT = "POST /v1/reports"
KNOWN = """
    SELECT nextval('receipt_numbers') AS number, p.name, p.posts, k.request_hash, k.response, k.number AS given
    FROM (SELECT 1) one
    LEFT JOIN people p ON p.person_id = %(signer)s
    LEFT JOIN idempotency_keys k ON k.scope = %(scope)s AND k.key = %(key)s
"""
KEEP = """
    WITH key AS (
      INSERT INTO idempotency_keys (scope, key, request_hash, response, number)
      VALUES (%(scope)s, %(key)s, %(request_hash)s, %(response)s, %(number)s)
    ), event AS (
      INSERT INTO outbox (id, type, envelope) VALUES (%(event_id)s, 'report.accepted', %(envelope)s)
    )
    INSERT INTO receipts (number, report_id, version, kind, unit_id, title, severity, received_at, clock_held, content,
      content_hash, sign_off, draft_id, draft_version, accepted_for, event_id, document)
    VALUES (%(number)s, %(report_id)s, 1, %(kind)s, %(unit_id)s, %(title)s, %(severity)s, %(received_at)s, false,
      %(content)s, %(content_hash)s, %(sign_off)s, NULL, NULL, %(scope)s, %(event_id)s, %(document)s)
"""
_mine = threading.local()


def submit_report() -> Response:
    """The same document in, the same kind of answer out."""
    key = idempotency_key()
    checked(SubmitOptions, query_values(request.args))
    if key is None:
        raise KeyRequired("报送必须携带 Idempotency-Key 请求头。", "Submitting needs the header Idempotency-Key.")
    act = checked(SubmitReport, json_body())
    identity = present()
    allow_report(identity, act.content.kind)
    signing = intended_signing(identity, act, gateway().keyring)
    number, body = accept(_connection(), identity, signing, act, key)
    return Response(body, status=202, mimetype="application/json", headers={"Location": f"/v1/receipts/{number}"})


def accept(
    connection: psycopg.Connection[dict[str, Any]], identity: Identity, signing: Signing, act: SubmitReport, key: str
) -> tuple[str, bytes]:
    """One transaction: look the key and the signer up, keep report, key and event."""
    request_hash = hashlib.sha256(request.get_data()).hexdigest()
    with connection.transaction():
        known = connection.execute(KNOWN, {"signer": signing.signer_id, "scope": identity.scope, "key": key}).fetchone()
        assert known is not None
        if known["response"] is not None:
            if known["request_hash"] != request_hash:
                raise KeyReused("此 Idempotency-Key 已用于另一份内容。", "This key was used for another content.")
            return known["given"], known["response"]
        row = _row(identity, signing, act, known)
        body: bytes = row["document"].encode()
        connection.execute(KEEP, row | {"key": key, "request_hash": request_hash, "response": body})
    return row["number"], body


def _row(identity: Identity, signing: Signing, act: SubmitReport, known: dict[str, Any]) -> dict[str, Any]:
    now, content = gateway().clock.now(), act.content
    post = check_post(signing, known["name"], posts_of(known["posts"]), china_day(now))
    fields = content.model_dump(mode="json")
    number, report_id, event_id = f"{now.year}-{known['number']:07d}", str(new_id()), str(new_id())
    sign_off = {
        "author_id": str(signing.author_id) if signing.author_id else None, "author_name": signing.author_name,
        "signer_id": str(signing.signer_id), "signer_name": known["name"], "signer_post": post.signed_as,
        "signed_at": now.isoformat(), "method": signing.method,
    }
    text = json.dumps(fields, ensure_ascii=False)
    content_hash = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    facts = {
        "report_id": report_id, "version": 1, "kind": fields["kind"], "unit_id": str(signing.unit_id),
        "title": content.title, "received_at": now.isoformat(), "content_hash": content_hash,
    }
    envelope = {
        "specversion": "1.0", "id": event_id, "source": "/chengbao/gateway", "type": "report.accepted",
        "subject": report_id, "time": now.isoformat(), "datacontenttype": "application/json", "subjectversion": 1,
        "correlationid": str(g.correlation_id), "causationid": None, "principal": identity.scope,
        "data": fields | facts | {"receipt_number": number, "sign_off": sign_off},
    }
    return {
        "number": number, "report_id": report_id, "kind": fields["kind"], "unit_id": signing.unit_id,
        "title": content.title, "severity": fields["severity"], "received_at": now, "content": text,
        "content_hash": content_hash, "sign_off": json.dumps(sign_off, ensure_ascii=False), "scope": identity.scope,
        "event_id": event_id, "envelope": json.dumps(envelope, ensure_ascii=False),
        "document": json.dumps(facts | {"number": number}, ensure_ascii=False),
    }


def _connection() -> psycopg.Connection[dict[str, Any]]:
    """One connection for each thread of the server."""
    if not hasattr(_mine, "connection"):
        _mine.connection = psycopg.connect(os.environ["CHENGBAO_DATABASE_URL"], autocommit=True, row_factory=dict_row)
    connection: psycopg.Connection[dict[str, Any]] = _mine.connection
    return connection


def make() -> Flask:
    settings = load_settings()
    configure_logging("gateway", settings.log_level)
    app = create_app(settings)
    app.view_functions[ENDPOINT] = submit_report
    return app


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(name)
    globals()["app"] = make()
    return globals()["app"]
