"""The editors' desk."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ONE = "/v1/queue/<uuid:report_id>"

ROUTES = (
    Route("GET", "/v1/queue", "review", "list_queue", "编辑处待办", "The desk: urgent first, then the oldest"),
    Route("GET", "/v1/queue-views", "review", "list_queue_views", "常用视图", "One's own saved views of the desk"),
    Route("POST", "/v1/queue-views", "review", "save_queue_view", "保存视图", "Save filters under a name"),
    Route(
        "DELETE", "/v1/queue-views/<uuid:view_id>", "review", "remove_queue_view", "删去视图", "Remove a saved view"
    ),
    Route("GET", "/v1/handover-sheet", "review", "get_handover_sheet", "交接单", "What a shift leaves to the next"),
    Route("GET", ONE, "review", "get_desk_item", "查看待办信息", "One desk item"),
    Route("POST", f"{ONE}/opening", "review", "open_desk_item", "打开阅看", "Open: it counts as seen"),
    Route("POST", f"{ONE}/claim", "review", "claim_report", "认领", "Claim"),
    Route("POST", f"{ONE}/release", "review", "release_report", "放回", "Release"),
    Route("POST", f"{ONE}/handover", "review", "hand_over_report", "移交给同事", "Hand the claim over to a colleague"),
    Route("PUT", f"{ONE}/due", "review", "set_due", "定办理时限", "State by when it has to be decided"),
    Route("POST", f"{ONE}/return", "review", "return_report", "退回修改", "Return for revision"),
    Route("POST", f"{ONE}/keeping", "review", "keep_report", "存档备查", "Keep on file"),
    Route("POST", f"{ONE}/decline", "review", "decline_report", "不采用", "Do not use"),
    Route(
        "POST", f"{ONE}/comparison", "intake", "compare_edit_copy", "编辑稿与原文对照",
        "How an edit copy differs from the report as signed, by character",
    ),
    Route("POST", f"{ONE}/pre-adoption", "review", "pre_adopt_report", "预采用", "Choose it for an issue to come"),
    Route("POST", f"{ONE}/reopening", "review", "reopen_report", "放回待处理", "Let it wait again"),
    Route("POST", f"{ONE}/undoing", "review", "undo_decision", "10 分钟内撤销处理", "Undo one's fresh decision"),
    Route("POST", f"{ONE}/passings", "review", "pass_up_report", "上报", "Pass it upward"),
    Route(
        "GET", f"{ONE}/answered", "review", "answered_by_report", "所回应的约稿和要点",
        "Commissions and points of guidance that it answers",
    ),
    Route("GET", f"{ONE}/passings", "review", "list_passings", "上报情况", "Where it was passed upward to"),
    Route("POST", f"{ONE}/readings", "review", "send_for_reading", "送阅", "Send it to leaders for reading"),
    Route("GET", f"{ONE}/adoptions", "review", "list_adoptions", "历次采用", "Its adoptions, withdrawn ones too"),
    Route("POST", f"{ONE}/adoption", "review", "adopt_report", "采用", "Adopt into an issue"),
    Route(
        "POST", f"{ONE}/adoption/withdrawal", "review", "withdraw_adoption", "撤销采用", "Withdraw the adoption"
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
