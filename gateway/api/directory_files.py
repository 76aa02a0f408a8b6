"""The directory as files: a file is read here into rows, intake decides what they change."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from uuid import UUID

from flask import Flask, Response, g, request

from contracts.rpc.directory_files import CheckImport, DirectoryImport, ImportDirectory, ImportedTable, ImportFiles
from gateway.api.bulletins import send_file
from gateway.api.own_routes import OwnRoute, register_own
from gateway.api.routes import Route, ask, command_id_for, json_answer, register
from gateway.assembly import gateway
from gateway.bodies import WrongMediaType, checked, query_values
from gateway.entrance import present
from kernel.errors import Invalid, StaleVersion
from kernel.papers.sheets import SheetTooLarge, UnreadableSheet, read_tables

MAX_FILE = 1024 * 1024
"""Bytes of one file; ten thousand rows of people are about that much."""
MEDIA_TYPES = (
    "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/octet-stream",
)


def try_file(content: bytes, name: str | None) -> DirectoryImport:
    """What the file would change. One that cannot be read, or has faults, leaves an entry in the evidence."""
    with refusals_kept(content, name, dry_run=True):
        found = cast(DirectoryImport, ask("intake", "check_import", read_import(content)))
    if found.fault_count:
        _keep_refusal(content, name, "invalid", found.fault_count, dry_run=True)
    return found


def take_file(content: bytes, name: str | None, follows: str, command_id: UUID) -> DirectoryImport:
    """Import the file that was tried; a refusal leaves an entry in the evidence."""
    with refusals_kept(content, name, dry_run=False):
        read = read_import(content)
        wanted = checked(ImportDirectory, read.model_dump() | {"follows": follows})
        return cast(DirectoryImport, ask("intake", "import_directory", wanted, command_id))


@contextmanager
def refusals_kept(content: bytes, name: str | None, *, dry_run: bool) -> Iterator[None]:
    """Attempts are evidence; a call whose outcome nobody knows is none."""
    try:
        yield
    except (Invalid, StaleVersion, SheetTooLarge, UnreadableSheet) as refusal:
        _keep_refusal(content, name, refusal.problem, refusal.extra.get("fault_count", 0), dry_run=dry_run)
        raise


def _keep_refusal(content: bytes, name: str | None, problem: str, errors: int, *, dry_run: bool) -> None:
    """The digest tells later which file it was; its content is full of people and stays out."""
    principal = present().principal
    with gateway().database.work(principal, correlation_id=g.correlation_id) as work:
        work.audit(
            "directory.import_refused", principal.id, digest=hashlib.sha256(content).hexdigest(), name=name,
            size=len(content), problem=problem, errors=errors, dry_run=dry_run,
        )


def read_import(content: bytes) -> CheckImport:
    """The file as rows. Raises `SheetTooLarge`, `UnreadableSheet`, `Invalid`."""
    if not content:
        raise Invalid("没有收到文件。", "No file was sent.", pointer="")
    if len(content) > MAX_FILE:
        raise SheetTooLarge("文件超过 1 MB，请分几次导入。", "The file has more than 1 MB; import it in parts.")
    read = read_tables(content)
    tables = [
        ImportedTable.model_construct(name=table.name, rows=table.rows, formulas=table.formulas)
        for table in read.tables
    ]
    fields = {"source": read.source, "tables": [table.model_dump() for table in tables]}
    return checked(CheckImport, fields)


def import_file() -> Response:
    """`?dry_run=true` shows what a file would change; `?follows=` with the token of that answer does it."""
    query = checked(ImportFiles, query_values(request.args))
    if request.mimetype not in MEDIA_TYPES:
        raise WrongMediaType(
            f"请用 Content-Type 声明文件种类：{'、'.join(MEDIA_TYPES)}。",
            f"Declare the file's kind in Content-Type: {', '.join(MEDIA_TYPES)}.",
        )
    content = request.get_data()
    if query.dry_run:
        return json_answer(try_file(content, query.name))
    if query.follows is None:
        raise Invalid(
            "正式导入须用 follows 写明所依据的试导入（dry_run=true 的回答中的 token）。",
            "State in follows the token of the dry run (dry_run=true) that this import follows.",
            pointer="/follows",
        )
    command_id = command_id_for("POST", f"{request.path}?{query.follows}")
    return json_answer(take_file(content, query.name, query.follows, command_id))


ROUTES = (
    Route(
        "GET", "/v1/directory/export", "intake", "export_directory", "导出名录或下载模板（XLSX、CSV）",
        "The directory as a file, or the template", respond=send_file,
    ),
)
OWN_ROUTES = (
    OwnRoute(
        "POST", "/v1/directory/imports", import_file, "导入名录（XLSX、CSV）；先用 dry_run=true 试导入",
        "Import the directory from a file; try with dry_run=true first", DirectoryImport, query=ImportFiles,
        asks=(("intake", "check_import"), ("intake", "import_directory")),
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
    register_own(app, OWN_ROUTES)
