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
    Route(
        "GET", "/v1/drafts/<uuid:draft_id>/versions", "intake", "list_draft_versions", "列出稿件留存的各版",
        "List kept versions of a draft",
    ),
    Route(
        "GET", "/v1/drafts/<uuid:draft_id>/versions/<version>", "intake", "get_draft_version", "查看稿件的一版",
        "One kept version of a draft",
    ),
    Route(
        "GET", "/v1/drafts/<uuid:draft_id>/differences", "intake", "draft_differences", "比较稿件的两版",
        "Differences between two kept versions",
    ),
    Route(
        "POST", "/v1/drafts/<uuid:draft_id>/comparison", "intake", "compare_draft", "与未保存的文字比较",
        "Compare the stored draft with a text that is not saved",
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
