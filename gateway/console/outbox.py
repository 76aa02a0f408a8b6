"""For the acts that a device keeps while the gateway cannot be reached (gateway/static/outbox.js)."""

from __future__ import annotations

from flask import Response, jsonify, request
from flask_wtf.csrf import generate_csrf

from gateway.console.page import Answer, Page
from gateway.entrance import present

HEADER = "X-Chengbao-Outbox"
"""Sent by our script with an act and with nothing else."""


def show_outbox() -> Answer:
    """Who is signed in, and the token his forms need now: an act of another person is not sent in his name."""
    return jsonify(person=present().principal.id, csrf_token=generate_csrf())


def asked_by_script() -> bool:
    return HEADER in request.headers


def answer_script(response: Response) -> Response:
    """A script cannot see where a redirect leads; problem documents it reads as they are."""
    if response.status_code != 303:
        return response
    return jsonify(location=response.headers["Location"])


PAGES = (Page("GET", "/outbox", show_outbox),)
