"""What a refused form brought, kept on the page that says why: to be put right and sent again, or to be copied."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from gateway.console.forms import KEY, key_after

HIDDEN = frozenset({"csrf_token", KEY})

LABELS: dict[str, str] = {
    "title": "标题", "body": "正文", "remarks": "意见", "reason": "理由", "text": "内容", "requirement": "办理要求",
    "place": "地点", "topic": "主题", "leader": "批示领导", "name": "名称", "login": "登录名",
    "note_quote": "批注的原文", "note_remark": "批注", "note": "说明", "remark": "评语", "words": "理由或退回意见",
    "secrecy_reason": "理由", "resolution": "处理结果", "facts": "事实", "grounds": "理由、依据", "plan": "计划",
    "asked_name": "问谁", "asked_unit": "单位", "asked_post": "职务", "asked_phone": "电话", "asked_at": "核实时间",
    "question": "问", "answer": "答", "documents": "材料", "progress": "目前进展", "wanted_due_at": "申请延至的时间",
    "due_at": "时限", "starts_at": "开始时间", "ends_at": "结束时间", "happened_at": "时间", "given_at": "批示时间",
    "occurred_at": "发生时间", "learned_at": "获知时间", "quote": "所引原文", "caption": "图题", "share": "份额",
    "publication": "刊物", "period": "期间", "incident_number": "突发事件编号", "subject": "主题、事由",
    "networks": "来源地址", "overlap_hours": "旧密钥再并用的小时数", "per_minute": "每分钟请求上限", "url": "地址",
    "requirements": "要求", "template": "模板", "points": "要点", "amendment_reason": "更正、撤回的理由",
    "columns": "栏目", "element.measures": "已采取措施", "element.contact": "联系人及电话",
    "email": "电子邮件", "mobile": "手机", "hours": "学时", "length": "字数", "working_days": "工作日",
    "upward_due_at": "市里向上报送的时限", "upward_note": "文号或说明", "loss_wan": "直接经济损失（万元）",
    "head_text": "报头",
    "issuing_body": "编发单位", "numbering_from": "编号方式生效日期", "total_before": "使用本系统前的总期数",
    "item_limit": "每条字数", "reference_title": "文件名称", "reference_number": "文号", "reference_dated": "文件日期",
    "code": "代码", "position": "官方排序", "to_name": "发送对象", "to_copies": "份数",
}  # fmt: skip
"""Fields that somebody typed into, by their names without a row's number; a test goes through the templates."""


def kept_fields(problem: str, faulty: frozenset[str] = frozenset()) -> list[tuple[str, str, str | None]]:
    """What the form brought, to be sent again: name, value, and the label of what a person typed, or left empty where
    that is what was refused: hidden, it would be refused again and again."""
    try:
        form = request.form
    except RequestEntityTooLarge:  # it was never read
        return []
    if any("password" in name for name in form):
        return []
    typed = [(name, value, name.rstrip("0123456789")) for name, value in form.items(multi=True) if name not in HIDDEN]
    return [
        (name, value, LABELS.get(field) if value.strip() or field in faulty else None) for name, value, field in typed
    ] + [(KEY, str(key_after(problem)), None)]
