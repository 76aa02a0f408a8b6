"""The events the rows move: accepted reports of some 600 characters, as the gateway writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from contracts.events.gateway import ReportAccepted, SignOff
from contracts.vocabulary import Kind, SignOffMethod
from kernel.clock import SystemClock
from kernel.ids import new_id
from kernel.principal import Keyring, Principal

BODY = "今日上午，我区组织召开优化营商环境工作推进会，通报一季度进展，部署下一步重点任务。" * 15
UNIT = UUID("0190d5a0-0000-7000-8000-000000000001")
PER_TOKEN = 100
"""Events that bear the same principal token: it is the same for one person or client within one second."""


def envelopes(amount: int, keys: Path) -> Iterator[tuple[UUID, dict[str, Any]]]:
    """So many fresh events, id and envelope, as the gateway with its key in `keys` would write them."""
    now, keyring = SystemClock().now(), Keyring.load("gateway", keys)
    data = report(now).model_dump(mode="json")
    for number in range(amount):
        if number % PER_TOKEN == 0:
            client = Principal(str(new_id()), "河西区接口", UNIT, frozenset({"api_client"}))
            token = keyring.sign(client, now, None)
        event_id, report_id = new_id(), str(new_id())
        yield event_id, {
            "specversion": "1.0",
            "id": str(event_id),
            "source": "/chengbao/gateway",
            "type": ReportAccepted.TYPE,
            "subject": report_id,
            "time": now.isoformat(),
            "datacontenttype": "application/json",
            "subjectversion": 1,
            "correlationid": str(new_id()),
            "causationid": None,
            "principal": token,
            "data": data | {"report_id": report_id, "receipt_number": f"2026-{number:07d}"},
        }


def fill_outbox(database_url: str, amount: int, keys: Path) -> None:
    """Write so many unsent events."""
    with (
        psycopg.connect(database_url) as connection,
        connection.cursor() as cursor,
        cursor.copy("COPY outbox (id, type, envelope) FROM STDIN") as copy,
    ):
        for event_id, envelope in envelopes(amount, keys):
            copy.write_row((event_id, ReportAccepted.TYPE, json.dumps(envelope, ensure_ascii=False)))


def report(now: datetime) -> ReportAccepted:
    """A fresh accepted report."""
    return ReportAccepted(
        receipt_number="2026-0000001",
        report_id=new_id(),
        version=1,
        kind=Kind.DEVELOPMENT,
        unit_id=UNIT,
        title="我区召开优化营商环境工作推进会",
        body=BODY,
        topic="营商环境",
        sign_off=SignOff(
            author_id=UNIT,
            author_name="王晓",
            signer_id=UNIT,
            signer_name="李建国",
            signer_post="分管负责人",
            signed_at=now,
            method=SignOffMethod.ATTESTED,
        ),
        received_at=now,
        content_hash="sha256:" + "0" * 64,
    )
