"""growth: `POST /v1/reports` with 1,000,000 reports stored beside the same with 10,000, milliseconds a request."""

from __future__ import annotations

import psycopg

from benchmarks.accept import PRODUCT, REQUESTS, ROUNDS, WARM_UP, Web, running
from benchmarks.comparison import Aim, Result, interleave
from benchmarks.ground import Ground

MANY, FEW = 1_000_000, 10_000
FILL = (
    """
    CREATE TEMP TABLE stored AS
    SELECT n, '2025-' || lpad(n::text, 7, '0') AS number, gen_random_uuid() AS report_id,
      gen_random_uuid() AS event_id,
      now() - (%(amount)s - n) * interval '10 seconds' AS at,
      jsonb_build_object('title', '我区召开优化营商环境工作推进会', 'body', repeat('今日上午，我区', 20)) AS content
    FROM generate_series(1, %(amount)s) AS n
    """,
    """
    INSERT INTO receipts (
      number, report_id, version, kind, unit_id, title, received_at, clock_held, content, content_hash, sign_off,
      accepted_for, event_id, document
    )
    SELECT number, report_id, 1, 'development', md5((n %% 60)::text)::uuid, content ->> 'title', at, false, content,
      'sha256:' || md5(number) || md5(number), '{}', 'client:' || md5((n %% 60)::text)::uuid, event_id,
      jsonb_build_object('number', number, 'signature', repeat(md5(number), 4)) FROM stored
    """,
    """
    INSERT INTO idempotency_keys (scope, key, request_hash, response, number)
    SELECT 'client:' || md5((n %% 60)::text)::uuid || ' POST /v1/reports', report_id::text, md5(number) || md5(number),
      convert_to(repeat(md5(number), 8), 'UTF8'), number FROM stored
    """,
    """
    INSERT INTO outbox (id, type, envelope, written_at, sent)
    SELECT event_id, 'report.accepted', jsonb_build_object('id', event_id, 'data', content), at, true FROM stored
    """,
    """
    INSERT INTO evidence_entries (
      lane, number, at, principal_id, principal_name, principal_key, principal_token_hash, act, subject, version,
      detail, previous, hash, key_id, signature
    )
    SELECT 100 + n %% 16, n, at, md5(number), '区政务系统', '', md5(number), 'report.accept', report_id::text, 1,
      '{}', md5(number) || md5(number), md5(number) || md5(number), '', repeat(md5(number), 4) FROM stored
    """,
)
"""What so many acceptances leave, as they leave it; in lanes of evidence that nobody goes on."""


def fill(web: Web, amount: int) -> None:
    """Store so many reports, received up to now."""
    with psycopg.connect(web.database_url) as connection:
        for statement in FILL:
            connection.execute(statement, {"amount": amount})


def run(ground: Ground, many: int = MANY, few: int = FEW) -> list[Result]:
    """The same product twice, under the same server, on a large and on a small database."""
    with running(ground, PRODUCT) as large, running(ground, PRODUCT) as small:
        for web, amount in ((large, many), (small, few)):
            fill(web, amount)
            web.round(WARM_UP)
        rounds = interleave(large.round, small.round, ROUNDS)
    ours, theirs = ([one["seconds"] / REQUESTS * 1_000 for one in side] for side in rounds)
    cpu = [sum(one["cpu"] for one in side) / ROUNDS / REQUESTS * 1e6 for side in rounds]
    note = f"CPU of the web workers per request: {cpu[0]:.0f} us, with few stored {cpu[1]:.0f} us"
    return [Result("growth", "ms", Aim(1.15, at_least=False), ours, theirs, [note])]
