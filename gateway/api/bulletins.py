"""Bulletins of a period, as JSON and as the files that scoring renders."""

from __future__ import annotations

import base64
from urllib.parse import quote

from flask import Flask, Response

from contracts.rpc.scoring import File
from gateway.api.routes import Route, register


def send_file(file: File) -> Response:
    """The file itself, under its (Chinese) name."""
    response = Response(base64.b64decode(file.content_base64), mimetype=file.media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    response.set_etag(file.sha256)
    return response


ROUTES = (
    Route("GET", "/v1/bulletins", "scoring", "list_bulletins", "列出通报", "List bulletins"),
    Route("GET", "/v1/bulletins/<period>", "scoring", "get_bulletin", "查看通报", "The period's bulletin"),
    Route(
        "GET", "/v1/bulletins/<period>/draft", "scoring", "compute_bulletin", "试算通报",
        "Compute it from the ledger as it stands",
    ),
    Route("POST", "/v1/bulletins/<period>/issue", "scoring", "issue_bulletin", "印发通报", "Issue it"),
    Route(
        "GET", "/v1/bulletins/<period>/files/<format>", "scoring", "get_bulletin_file", "下载通报文件",
        "As json, xlsx or pdf", respond=send_file,
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
