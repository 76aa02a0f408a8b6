"""Import and export of the directory: a file is tried first, its changes are looked at, then the same file is taken."""

from __future__ import annotations

import base64
import binascii
from uuid import uuid5

from flask import render_template, request

from contracts.problems import PROBLEMS
from contracts.rpc.directory_files import DirectoryImport
from contracts.rpc.scoring import File
from gateway.api.bulletins import send_file
from gateway.api.directory_files import read_import, take_file, try_file
from gateway.console.forms import asked, asked_query, form_key, key_after, line
from gateway.console.page import Answer, Page
from kernel.errors import Refusal


def show_import() -> Answer:
    return render_template("console/directory_import.html")


def try_import() -> Answer:
    """What the file would change; the file goes into the page, so that nothing is kept here between the two steps."""
    uploaded = request.files.get("file")
    content = uploaded.read() if uploaded else b""
    return _tried(content, (uploaded.filename if uploaded else None) or "")


def _tried(content: bytes, filename: str, refusal: Refusal | None = None) -> Answer:
    try:
        found = _seen_again(content) if refusal else try_file(content, filename)
    except Refusal as unreadable:
        return _page(unreadable, filename=filename)
    status = PROBLEMS[refusal.problem].status if refusal else 200
    return render_template(
        "console/directory_import.html", found=found, filename=filename, refusal=refusal,
        content=base64.b64encode(content).decode(), key=key_after(refusal.problem) if refusal else None,
    ), status


def _seen_again(content: bytes) -> DirectoryImport:
    """After a refusal that is in the evidence already."""
    read = read_import(content)
    return asked("intake", "check_import", DirectoryImport, source=read.source, tables=read.tables)


def import_tried() -> Answer:
    """The same file once more, now in earnest; when the directory changed meanwhile, its changes are shown anew."""
    try:
        content = base64.b64decode(request.form.get("content", ""), validate=True)
    except binascii.Error:
        content = b""
    filename = line("filename") or ""
    try:
        done = take_file(content, filename, line("token") or "", uuid5(form_key(), "intake.import_directory"))
    except Refusal as refusal:
        return _tried(content, filename, refusal) if content else _page(refusal)
    return render_template("console/directory_import.html", found=done, filename=filename)


def _page(refusal: Refusal, **values: str) -> Answer:
    page = render_template("console/directory_import.html", refusal=refusal, **values)
    return page, PROBLEMS[refusal.problem].status


def export_directory() -> Answer:
    return send_file(asked("intake", "export_directory", File, **asked_query("format", "table", "template")))


PAGES = (
    Page("GET", "/directory/imports", show_import),
    Page("POST", "/directory/imports", try_import),
    Page("POST", "/directory/imports/taking", import_tried),
    Page("GET", "/directory/export", export_directory),
)
