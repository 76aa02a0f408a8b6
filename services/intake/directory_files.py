"""The directory as files: a dry run that shows every change, the import that follows it, all or nothing (R14)."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.rpc import directory_files as rpc
from kernel.clock import china_day
from kernel.database import Work
from kernel.errors import Invalid, StaleVersion
from kernel.service import Reading
from services.intake.directory import keep, lock_directory
from services.intake.model.directory import Directory
from services.intake.model.directory_import import Plan, plan_import
from services.intake.model.people import Person
from services.intake.model.units import Unit
from services.intake.queries.directory_changes import import_reply


def check_import(reading: Reading, request: rpc.CheckImport) -> rpc.DirectoryImport:
    """What the import would do, and everything that is wrong; changes nothing."""
    directory, version = _load(reading.session)
    plan = plan_import(directory, request.tables, china_day(reading.now))
    return import_reply(plan, request.source, token(request, version), dry_run=True)


def import_directory(work: Work, request: rpc.ImportDirectory) -> rpc.DirectoryImport:
    """Do what the dry run showed. Raises `StaleVersion` when file or directory are others now, `Invalid` for faults."""
    lock_directory(work.session)
    directory, version = _load(work.session)
    _check_token(request, token(request, version))
    plan = plan_import(directory, request.tables, china_day(work.now))
    if len(plan.faults):
        raise _refused(plan)
    keep(work, plan.taken)
    reply = import_reply(plan, request.source, request.follows, dry_run=False)
    counts = reply.model_dump(include={"created", "changed", "ended", "unchanged"})
    work.audit("directory.imported", work.principal.id, None, source=request.source, token=request.follows, **counts)
    return reply


def token(request: rpc.CheckImport, version: str) -> str:
    """Names the file and the directory's present state: two halves, so that it can be told which is another."""
    tables = [table.model_dump(mode="json") for table in request.tables]
    return f"{_digest(tables)}.{version}"


def _load(session: Session) -> tuple[Directory, str]:
    """The whole directory, and a digest of its versions."""
    units = list(session.scalars(select(Unit).order_by(Unit.id)))
    people = list(session.scalars(select(Person).order_by(Person.id)))
    versions = [(unit.id, unit.version) for unit in units] + [(person.id, person.version) for person in people]
    version = _digest([f"{thing_id} {number}" for thing_id, number in versions])
    return Directory([unit.recorded() for unit in units], [person.recorded() for person in people]), version


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()[:32]


def _check_token(request: rpc.ImportDirectory, present: str) -> None:
    if request.follows == present:
        return
    if request.follows.partition(".")[0] != present.partition(".")[0]:
        raise StaleVersion(
            "这不是试导入时的那份文件；请重新试导入，核对后再导入。",
            "This is not the file of the dry run; run it again and look at what it shows.",
            pointer="/follows",
        )
    raise StaleVersion(
        "试导入之后名录已有变更；请重新试导入，核对后再导入。",
        "The directory has changed since the dry run; run it again and look at what it shows.",
        pointer="/follows",
    )


def _refused(plan: Plan) -> Invalid:
    shown = plan.faults.first(rpc.SHOWN_FAULTS)
    first = shown[0]
    return Invalid(
        f"共 {len(plan.faults)} 处错误，未导入任何内容。"
        f"第一处：{first.table}表第 {first.row} 行 {first.column}：{first.detail_zh}",
        f"{len(plan.faults)} faults; nothing was imported. The first, in row {first.row}: {first.detail_en}",
        pointer="/tables",
        extra={
            "fault_count": len(plan.faults),
            "errors": [
                {"pointer": f"/{fault.table}/{fault.row}/{fault.column}", "detail": fault.detail_zh,
                 "detail_en": fault.detail_en}
                for fault in shown
            ],
        },
    )
