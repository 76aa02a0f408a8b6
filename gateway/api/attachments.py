"""Attachments: uploaded one by one before the document that names them, and read with it."""

from __future__ import annotations

from uuid import UUID

from flask import Flask, Response, g, request

from contracts.model import Strict
from contracts.rpc.attachments import MAX_BYTES, FileName
from contracts.rpc.drafts import Draft, DraftId
from contracts.rpc.intake import Report, ReportId
from gateway.api.own_routes import OwnRoute, register_own
from gateway.api.routes import ask, json_answer
from gateway.assembly import gateway
from gateway.attachments.downloads import attachment_of, given_out, not_found, own_upload
from gateway.attachments.storage import too_large
from gateway.attachments.uploads import REFUSED, Uploaded, take_in
from gateway.bodies import WrongMediaType, checked, query_values
from gateway.entrance import present
from gateway.receipts.reading import get_content, get_receipt

OCTETS = "application/octet-stream"


class UploadQuery(Strict):
    """Query of POST /v1/attachments."""

    name: FileName


def upload() -> Response:
    """Take a file in: its bytes are the body, its name stands in the address."""
    wanted = checked(UploadQuery, query_values(request.args))
    if request.mimetype != OCTETS:
        raise WrongMediaType(
            f"上传文件请声明 Content-Type: {OCTETS}，请求体即文件内容。",
            f"Declare Content-Type: {OCTETS}; the body is the file itself.",
        )
    if (request.content_length or 0) > MAX_BYTES:
        refusal = too_large()
        REFUSED.labels(refusal.reason).inc()
        raise refusal
    return json_answer(take_in(gateway(), present(), request.stream, wanted.name, g.correlation_id), 201)


def download_own(digest: str) -> Response:
    """A file one's own unit uploaded."""
    query_values(request.args)
    return given_out(gateway(), own_upload(gateway(), present().principal, digest))


def download_of_draft(draft_id: UUID, digest: str) -> Response:
    """A file that a draft names, for whoever may read the draft: intake decides."""
    query_values(request.args)
    draft = ask("intake", "get_draft", DraftId(draft_id=draft_id))
    files = draft.content.attachments if isinstance(draft, Draft) else []
    return given_out(gateway(), attachment_of(files, digest))


def download_of_report(report_id: UUID, digest: str) -> Response:
    """A file that a report names, for whoever may read the report's text: intake decides."""
    query_values(request.args)
    report = ask("intake", "get_report", ReportId(report_id=report_id))
    files = report.attachments if isinstance(report, Report) else []
    return given_out(gateway(), attachment_of(files, digest))


def download_of_receipt(number: str, digest: str) -> Response:
    """A file of the very version that this receipt was given for; nothing behind the gateway is needed."""
    query_values(request.args)
    with gateway().database.reading() as session:
        get_receipt(session, present().principal, number)
        content = get_content(session, present().principal, number)
    if content is None:  # who may read no text gets no files
        raise not_found()
    return given_out(gateway(), attachment_of(content.attachments, digest))


ROUTES = (
    OwnRoute(
        "POST", "/v1/attachments", upload, "上传附件", "Upload a file to be named by a document; 20 MB at the most",
        Uploaded, query=UploadQuery, status=201, bytes_in=True,
    ),
    OwnRoute(
        "GET", "/v1/attachments/<digest>", download_own, "下载本单位上传的附件", "A file your unit uploaded",
        bytes_out=True,
    ),
    OwnRoute(
        "GET", "/v1/drafts/<uuid:draft_id>/attachments/<digest>", download_of_draft, "下载稿件的附件",
        "A file that a draft names", bytes_out=True,
    ),
    OwnRoute(
        "GET", "/v1/reports/<uuid:report_id>/attachments/<digest>", download_of_report, "下载信息的附件",
        "A file signed with a report", bytes_out=True,
    ),
    OwnRoute(
        "GET", "/v1/receipts/<number>/attachments/<digest>", download_of_receipt, "下载回执所对应版本的附件",
        "A file signed with the version a receipt was given for", bytes_out=True,
    ),
)


def install(app: Flask) -> None:
    register_own(app, ROUTES)
