"""Findings of the writing check for the pages that show a draft; a page does without them while intake is away."""

from __future__ import annotations

from uuid import UUID

from flask import request

from contracts.rpc.checks import CheckText, Finding, Findings, Gravity
from contracts.rpc.content import Content
from contracts.vocabulary import URGENT_KINDS
from gateway.console.forms import asked, line
from gateway.console.incident_fields import typed_time
from kernel.errors import Refusal


def findings_of(draft_id: UUID) -> Findings | None:
    """What the check says of the draft as it is saved; None when nobody answers."""
    try:
        return asked("intake", "draft_findings", Findings, draft_id=draft_id)
    except Refusal:
        return None


def findings_in(content: Content) -> Findings | None:
    """What the check says of a text that is no draft yet; None when nobody answers."""
    try:
        return asked(
            "intake", "check_text", Findings, **{name: getattr(content, name) for name in CheckText.model_fields}
        )
    except Refusal:
        return None


def worst_in(findings: Findings) -> Finding | None:
    """The gravest finding, the first of equals; None where nothing was found."""
    return min(findings.items, key=lambda found: tuple(Gravity).index(found.gravity), default=None)


def typed_findings() -> Findings | None:
    """What the check says of the form as it is filled in; None when it cannot be checked as it is."""
    kind = line("kind")
    text = {name: request.form.get(name, "").replace("\r\n", "\n") for name in ("title", "body")}
    try:
        facts = {"occurred_at": typed_time("occurred_at", None), "place": line("place")} if kind in URGENT_KINDS else {}
        return asked("intake", "check_text", Findings, **({"kind": kind} if kind else {}), **text, **facts)
    except Refusal:
        return None
