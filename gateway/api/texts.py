"""Texts made clean; the gateway's own, so that it works while the services are away."""

from __future__ import annotations

from dataclasses import asdict

from flask import Flask, Response, request
from pydantic import Field

from contracts.model import Strict, Text
from gateway.api.own_routes import OwnRoute, register_own
from gateway.api.routes import json_answer
from gateway.bodies import checked, json_body, query_values
from gateway.text_cleaning import clean


class CleanText(Strict):
    """What was pasted, as long as a report's text may be."""

    text: Text = Field(max_length=50_000, description="text, characters")


class TextChange(Strict):
    rule: str
    count: int
    """Places."""
    note_zh: str


class CleanedText(Strict):
    text: str
    changes: list[TextChange]
    """In the order in which they were made; none when the text was clean."""


def clean_text() -> Response:
    query_values(request.args)
    text, changes = clean(checked(CleanText, json_body()).text)
    return json_answer(CleanedText(text=text, changes=[TextChange(**asdict(change)) for change in changes]))


ROUTES = (
    OwnRoute(
        "POST", "/v1/texts/cleaning", clean_text, "清理粘贴的文字并说明改动", "Clean pasted text and tell what changed",
        CleanedText, body=CleanText,
    ),
)


def install(app: Flask) -> None:
    register_own(app, ROUTES)
