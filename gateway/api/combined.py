"""Items of an issue being composed: combined ones (综合), their shares, and the edit copy."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ITEM = "/v1/issues/<uuid:issue_id>/items/<uuid:adoption_id>"

ROUTES = (
    Route("PUT", ITEM, "review", "revise_item", "修改编辑稿", "Revise an item's edit copy"),
    Route("POST", f"{ITEM}/combination", "review", "combine_items", "合并为综合稿", "Make one item of several"),
    Route("PUT", f"{ITEM}/shares", "review", "divide_credit", "分配份额", "Divide the credit of a combined item"),
    Route(
        "POST", f"{ITEM}/separation", "review", "separate_item", "移出综合稿", "Take a report out of a combined item"
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
