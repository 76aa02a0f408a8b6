"""Registered reports in a database of intake's, for the rows that read them; in this process, as the service reads."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import services.intake
from benchmarks.ground import SERVICE, Ground
from contracts.rpc.directory import RecordUnit
from contracts.vocabulary import Role, UnitClass
from kernel.clock import SystemClock
from kernel.database import Database
from kernel.ids import new_id
from kernel.migrate import upgrade
from kernel.principal import Keyring, Principal, system_principal
from kernel.service import Reading
from services.intake.directory import record_unit

UNIT = UUID("0190d5a0-0000-7000-8000-000000000001")
UNIT_NAME = "河西区"
OFFICER = Principal(str(new_id()), "王晓", UNIT, frozenset({Role.INFORMATION_OFFICER}))
SIGN_OFF = json.dumps(
    {
        "author_id": None, "author_name": "王晓", "signer_id": str(UNIT), "signer_name": "李建国",
        "signer_post": "分管负责人", "signed_at": "2026-11-24T01:30:00Z", "method": "session",
    },
    ensure_ascii=False,
)  # fmt: skip
Reply = TypeVar("Reply")


class Registry:
    """Intake's database, empty but for a unit."""

    def __init__(self, ground: Ground) -> None:
        self.url = ground.empty_database()
        upgrade(self.url, Path(services.intake.__file__).parent)
        self.database = Database(
            self.url, service="intake", clock=SystemClock(), keyring=Keyring.load(SERVICE, ground.keys)
        )
        unit = RecordUnit(
            unit_id=UNIT, name=UNIT_NAME, unit_class=UnitClass.DISTRICT, valid_from=date(2008, 10, 24)
        )
        with self.database.work(system_principal("intake")) as work:
            record_unit(work, unit)

    def ask(self, query: Callable[[Reading, Any], Reply], request: Any) -> Reply:
        """What the unit's officer is answered: a reading transaction, as the service has it."""
        with self.database.reading() as session:
            return query(Reading(session, OFFICER, self.database.clock.now()), request)


REPORTS = """
    INSERT INTO reports (
      id, number, receipt_number, version, state, desk_version, unit_id, unit_name, unit_class, kind, title, body,
      secrecy, occurrence_claims, sign_off, content_hash, flags, first_received_at, received_at, drill, sketched
    )
    SELECT id, number, number, 1, 'registered', 0, %(unit)s, %(name)s, 'district', 'development', title, body,
      'unclassified', '[]', %(sign_off)s, 'sha256:' || repeat('0', 64), '[]', at, at, false, true
    FROM ({rows}) AS rows (id, number, title, body, at)
"""
"""Reports from rows of id, number, title, text and time."""
VERSIONS = """
    INSERT INTO report_versions (receipt_number, report_id, version, kind, received_at, content, content_hash, sign_off)
    SELECT receipt_number, id, 1, kind, received_at, jsonb_build_object('title', title, 'body', body), content_hash,
      sign_off FROM reports
"""
STATED = {"unit": UNIT, "name": UNIT_NAME, "sign_off": SIGN_OFF}


def milliseconds(work: Callable[[], object]) -> float:
    """What one call takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1_000
