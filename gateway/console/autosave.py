"""The open form saved by itself (gateway/static/autosave.js): the same fields as its button sends, answered as data."""

from __future__ import annotations

from typing import cast
from uuid import UUID, uuid5

from flask import jsonify

from contracts.rpc.drafts import Draft, SaveDraft
from gateway.api.routes import ask
from gateway.bodies import checked
from gateway.console.drafts import typed_content
from gateway.console.forms import form_key, line
from gateway.console.page import Answer, Page, address
from gateway.console.wording import beijing


def autosave_new_draft() -> Answer:
    """The draft that the form's own button would make, so that the two never make two."""
    return _autosave(uuid5(form_key(), "draft_id"))


def autosave_draft(draft_id: UUID) -> Answer:
    return _autosave(draft_id)


def _autosave(draft_id: UUID) -> Answer:
    """Save once for each round of the form, however often the round is sent. Raises a refusal."""
    request = checked(
        SaveDraft, {"draft_id": draft_id, "version": line("version"), "content": typed_content(), "automatic": True}
    )
    draft = cast(Draft, ask("intake", "save_draft", request, uuid5(form_key(), f"autosave {line('round')}")))
    return jsonify(
        version=draft.version,
        draft_id=str(draft.draft_id),
        address=address("show_draft", draft_id=draft.draft_id),
        saved_at=beijing(draft.changed_at)[-5:],
    )


PAGES = (
    Page("POST", "/drafts/autosave", autosave_new_draft),
    Page("POST", "/drafts/<uuid:draft_id>/autosave", autosave_draft),
)
