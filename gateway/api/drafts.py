"""Drafts: written, offered for sign-off, returned or dropped; intake owns them."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route("GET", "/v1/drafts", "intake", "list_drafts", "列出稿件", "List drafts"),
    Route(
        "POST", "/v1/drafts", "intake", "save_draft", "新建稿件", "Create a draft", status=201, fresh_id="draft_id",
        versioned=True,
    ),
    Route("GET", "/v1/drafts/<uuid:draft_id>", "intake", "get_draft", "查看稿件", "One draft", versioned=True),
    Route(
        "PUT", "/v1/drafts/<uuid:draft_id>", "intake", "save_draft", "修改稿件", "Change a draft", versioned=True
    ),
    Route(
        "POST", "/v1/drafts/<uuid:draft_id>/offer", "intake", "offer_draft", "送签", "Offer for sign-off",
        versioned=True,
    ),
    Route(
        "POST", "/v1/drafts/<uuid:draft_id>/endorsement", "intake", "endorse_draft", "核稿", "Endorse before sign-off",
        versioned=True,
    ),
    Route(
        "POST", "/v1/drafts/<uuid:draft_id>/return", "intake", "return_draft", "退改", "Return to the author",
        versioned=True,
    ),
    Route("POST", "/v1/drafts/<uuid:draft_id>/drop", "intake", "drop_draft", "放弃稿件", "Drop a draft"),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
