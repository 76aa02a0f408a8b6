"""The writing check: findings in a text, the rules, and what a unit mutes; intake owns them. It refuses nothing."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route(
        "POST", "/v1/checks", "intake", "check_text", "写作检查：一段文字的问题",
        "Findings of the writing check in a text",
    ),
    Route(
        "GET", "/v1/drafts/<uuid:draft_id>/findings", "intake", "draft_findings", "写作检查：一份稿件的问题",
        "Findings of the writing check in a draft",
    ),
    Route(
        "GET", "/v1/writing-rules", "intake", "list_writing_rules", "列出写作检查规则，含本单位屏蔽情况",
        "Rules of the writing check, with what one's unit has muted",
    ),
    Route(
        "POST", "/v1/writing-rules/<rule_id>/mute", "intake", "mute_writing_rule", "为本单位屏蔽一条规则（写明理由）",
        "Mute a rule for one's unit, with a reason",
    ),
    Route(
        "DELETE", "/v1/writing-rules/<rule_id>/mute", "intake", "unmute_writing_rule", "恢复一条规则",
        "Let a rule speak again",
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
