"""Everything that is signed beside title and text, in words: the same list wherever a document is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from markupsafe import Markup

from contracts.rpc.content import Amendment, Content, Figures, Incident, Reference
from contracts.rpc.intake import Report
from contracts.vocabulary import Element
from gateway.console.attachments import Place, attached
from gateway.console.incident_fields import FIGURES, WAN
from gateway.console.page import address
from gateway.console.wording import points, time_mark

PLACES = {"show_report": "report_id", "show_assignment": "assignment_id", "show_commission": "commission_id"}


@dataclass(frozen=True)
class Fact:
    """A word and what it says; `long` texts stand below each other."""

    word: str
    value: str
    long: bool = False


def signed_facts(document: Content | Report, files_at: Place | None = None) -> list[Fact]:
    """Each field that is stated; a field that is not shown here would be signed unseen, which a test forbids."""
    told = document.incident or Incident()
    stated: list[tuple[str, Any]] = [
        ("种类", document.kind.label),
        ("更正或撤回", document.amendment and _amended(document.amendment)),
        ("演练", "本件为演练，不是真实事件" if document.drill else None),
        ("事件等级", document.severity and document.severity.label),
        ("事件类别", told.category and told.category.label),
        ("发生时间", document.occurred_at and time_mark(document.occurred_at)),
        ("获知时间", told.learned_at and time_mark(told.learned_at)),
        ("地点", document.place),
        ("伤亡", _casualties(told.figures)),
        ("直接经济损失", _loss(told.figures)),
        ("所回应文件", _referred(document.reference)),
        ("所答约稿", _link("show_commission", "查看约稿", _commission(document.reference))),
        ("所答要点", _answered_points(document.reference)),
        ("主题", document.topic),
        ("喜忧", document.leaning and document.leaning.label),
        ("信息来源渠道", document.source_channel and document.source_channel.label),
        ("密级", document.secrecy.label),
        ("所续首报", _link("show_report", "查看首报", document.follows_report_id)),
        ("修改对象", _link("show_report", "查看原信息", _revised(document))),
        ("电话预报", document.pre_report_id and f"已先电话报告（预报编号 {document.pre_report_id}）"),
        ("所反馈交办", _link("show_assignment", "查看交办", document.assignment_id)),
    ]
    elements = [(element.label, told.elements.get(element)) for element in Element]
    return [Fact(word, value) for word, value in stated if value] + [
        Fact(word, text, long=True)
        for word, text in [*elements, ("附件", attached(document.attachments, files_at))]
        if text
    ]


def _casualties(figures: Figures | None) -> str | None:
    counts = {word: getattr(figures, name, None) for name, word in FIGURES.items()}
    return "，".join(f"{word} {count} 人" for word, count in counts.items() if count is not None) or None


def _loss(figures: Figures | None) -> str | None:
    if figures is None or figures.loss_yuan is None:
        return None
    return f"{points(figures.loss_yuan.scaleb(-WAN))} 万元"


def _referred(reference: Reference | None) -> str | None:
    if reference is None:
        return None
    dated = reference.dated and f"{reference.dated.year}年{reference.dated.month}月{reference.dated.day}日"
    return "，".join(part for part in (f"《{reference.title}》", reference.number, dated) if part)


def _commission(reference: Reference | None) -> UUID | None:
    return reference.commission_id if reference else None


def _answered_points(reference: Reference | None) -> str | None:
    return f"{len(reference.point_ids)} 条" if reference is not None and reference.point_ids else None


def _amended(amendment: Amendment) -> str:
    return f"{amendment.act.label}，理由：{amendment.reason}"


def _revised(document: Content | Report) -> UUID | None:
    """A content names the report it revises; a report's own id is something else."""
    return document.report_id if isinstance(document, Content) else None


def _link(page: str, word: str, thing_id: UUID | None) -> Markup | None:
    if thing_id is None:
        return None
    return Markup('<a href="{}">{}</a>').format(address(page, **{PLACES[page]: thing_id}), word)
