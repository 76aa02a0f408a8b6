"""The directory as files: a file is read here into rows, intake decides what they change."""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, request

from contracts.rpc.directory_files import CheckImport, DirectoryImport, ImportDirectory, ImportedTable, ImportFiles
from gateway.api.bulletins import send_file
from gateway.api.own_routes import OwnRoute, register_own
from gateway.api.routes import Route, ask, command_id_for, json_answer, register
from gateway.bodies import WrongMediaType, checked, query_values
from kernel.errors import Invalid
from kernel.papers.sheets import SheetTooLarge, read_tables

MAX_FILE = 1024 * 1024
"""Bytes of one file; ten thousand rows of people are about that much."""
MEDIA_TYPES = (
    "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/octet-stream",
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
    read = read_import(request.get_data())
    if query.dry_run:
        return json_answer(cast(DirectoryImport, ask("intake", "check_import", read)))
    if query.follows is None:
        raise Invalid(
            "正式导入须用 follows 写明所依据的试导入（dry_run=true 的回答中的 token）。",
            "State in follows the token of the dry run (dry_run=true) that this import follows.",
            pointer="/follows",
        )
    wanted = ImportDirectory(source=read.source, tables=read.tables, follows=query.follows)
    command_id = command_id_for("POST", f"{request.path}?{query.follows}")
    return json_answer(cast(DirectoryImport, ask("intake", "import_directory", wanted, command_id)))


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
