"""What the demo city's units write: everyday reports, incidents with follow-ups, instructions and feedback."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from contracts.vocabulary import Element, IncidentCategory, Kind, Leaning, Severity, SourceChannel
from deploy.demo.phrases import (
    ACTIONS,
    ADVICE,
    ANSWERS,
    CLOSINGS,
    DEVELOPMENT_TITLES,
    FACTS,
    HANDLINGS,
    INQUIRIES,
    OPENINGS,
    OPINION_TITLES,
    OPINIONS,
    PROBLEMS,
    RESEARCH_TITLES,
    RESPONSES,
    STATES,
    STREETS,
    SUGGESTIONS,
    some,
)
from deploy.demo.units import Reporter
from kernel.clock import SHANGHAI


@dataclass(frozen=True)
class Everyday:
    """A report that nothing hurries."""

    kind: Kind
    title: str
    body: str
    topic: str
    leaning: Leaning
    source_channel: SourceChannel


@dataclass(frozen=True)
class Incident:
    """Something that happened and must be reported within the time limit."""

    title: str
    what: str
    place: str
    severity: Severity
    loss: str
    cause: str
    told: tuple[str, ...]
    """What else the units tell, one step after the other: response and state, two follow-ups, the end."""


_INCIDENTS = (
    ("一沿街商铺发生火灾", "一沿街商铺起火", "沿街商铺", "过火面积约20平方米，无人员伤亡", "电气线路老化"),
    (
        "供水主管线爆裂",
        "一处直径600毫米供水管线爆裂",
        "主干道路口",
        "影响约3000户居民用水，无人员伤亡",
        "管线老旧、压力波动",
    ),
    ("居民小区燃气泄漏", "居民楼内发生燃气泄漏", "居民小区", "疏散居民46户，无人员伤亡", "胶管老化脱落"),
    ("货车与公交车相撞", "一辆货车与公交车相撞", "快速路辅道", "5人轻伤，均已送医", "货车违规变道"),
    ("在建工地脚手架局部坍塌", "在建工地脚手架局部坍塌", "在建工地", "2人受伤，已送医，生命体征平稳", "连墙件缺失"),
    ("一学校学生出现聚集性呕吐", "部分学生出现呕吐症状", "学校", "23名学生就诊，无重症", "诺如病毒感染"),
    ("变电站故障导致片区停电", "变电站设备故障引发停电", "变电站", "影响约8000户，医院已启用备用电源", "设备绝缘击穿"),
    ("务工人员聚集讨要工资", "约60名务工人员聚集", "项目部门前", "现场秩序平稳，未影响交通", "分包单位拖欠工程款"),
    ("危险化学品运输车侧翻", "一辆危险化学品运输车侧翻", "高速公路出口", "少量泄漏已围堵，无人员伤亡", "车辆超速"),
    (
        "强对流天气致道路积水",
        "短时强降雨造成道路积水",
        "下沉路段",
        "积水深约40厘米，3辆车被困，人员已救出",
        "雨强超过排水能力",
    ),
)
_CATEGORIES = {
    "诺如病毒感染": IncidentCategory.EPIDEMIC,
    "分包单位拖欠工程款": IncidentCategory.SOCIAL_ORDER,
    "雨强超过排水能力": IncidentCategory.NATURAL_DISASTER,
}
"""By cause; all others are accidents."""
_REQUIREMENTS = (
    "查明原因，举一反三开展排查，并报送整改情况",
    "研究提出解决办法，明确责任单位和时限",
    "总结经验做法，提出推广意见",
    "核实群众反映的问题，逐件答复办理",
)
_INSTRUCTIONS = (
    ("请有关单位高度重视，认真研究解决。", "for_action"),
    ("做法很好，请总结推广。", "for_guidance"),
    ("请查明情况，依法妥善处置，并举一反三。", "for_action"),
    ("请阅研。", "for_reference"),
)
LEADERS = ("张副市长", "李副市长", "赵秘书长", "孙副秘书长")


def everyday(unit: Reporter, chance: Random) -> Everyday:
    """A report on one of the unit's fields."""
    field = chance.choice(unit.fields)
    kind = chance.choices((Kind.DEVELOPMENT, Kind.PUBLIC_OPINION, Kind.RESEARCH), (76, 17, 7))[0]

    channel = chance.choice((SourceChannel.OWN_WORK, SourceChannel.SUBUNIT, SourceChannel.INSPECTION))

    def of(pool: tuple[str, ...], number: int = 1) -> str:
        return some(pool, number, unit, field, chance)

    if kind is Kind.RESEARCH:
        parts = (f"一、基本情况\n{of(FACTS, 2)}", f"二、存在问题\n{of(PROBLEMS, 2)}", f"三、对策建议\n{of(ADVICE, 2)}")
        title = of(RESEARCH_TITLES)
        return Everyday(kind, title, "\n".join(parts), field, Leaning.NEUTRAL, SourceChannel.FIELD_RESEARCH)
    if kind is Kind.PUBLIC_OPINION:
        title, body = of(OPINION_TITLES), of(OPINIONS, 3) + of(SUGGESTIONS)
        return Everyday(kind, title, body, field, Leaning.BAD_NEWS, SourceChannel.HOTLINE)
    body = of(OPENINGS) + of(ACTIONS, chance.randint(3, 4)) + of(CLOSINGS)
    leaning = chance.choices((Leaning.GOOD_NEWS, Leaning.NEUTRAL, Leaning.BAD_NEWS), (70, 20, 10))[0]
    return Everyday(kind, of(DEVELOPMENT_TITLES), body, field, leaning, channel)


def incident(unit: Reporter, chance: Random) -> Incident:
    """Something that happened in a district."""
    title, what, place, loss, cause = chance.choice(_INCIDENTS)
    severity = chance.choices((Severity.GENERAL, Severity.LARGER, Severity.MAJOR), (80, 17, 3))[0]
    street = chance.choice(STREETS)

    def of(pool: tuple[str, ...], number: int = 1) -> str:
        return some(pool, number, unit, what, chance)

    told = (
        of(RESPONSES, 2) + of(STATES), of(HANDLINGS, 2), of(INQUIRIES, 2) + of(STATES),
        of(HANDLINGS, 2) + of(INQUIRIES, 2),
    )
    return Incident(
        f"{unit.short}{street}{title}", what, f"{unit.short}{street}一{place}", severity, loss, cause, told
    )


def first_report(entry: Incident, occurred_at: datetime) -> str:
    at = occurred_at.astimezone(SHANGHAI)
    when = f"{at.month}月{at.day}日{at.hour}时{at.minute:02d}分"
    return f"{when}，{entry.place}，{entry.what}，{entry.loss}。{entry.told[0]}"


def follow_up(entry: Incident, number: int) -> tuple[str, str]:
    """Title and text of the follow-up with this number; it does not repeat the beginning."""
    known = f"初步判断原因为{entry.cause}。" if number > 1 else ""
    return f"{entry.title}（续报{number}）", known + entry.told[2 if number > 1 else 1]


def first_told(entry: Incident) -> dict[str, Any]:
    """What the first report tells of the incident beside its text; not yet why, nor what was learned."""
    return {
        "category": _CATEGORIES.get(entry.cause, IncidentCategory.ACCIDENT),
        "figures": {"dead": 0, "slightly_hurt": 0},
        "elements": {
            Element.SOURCE: "事发单位报告", Element.NATURE: entry.what, Element.AREA: entry.place,
            Element.TREND: "事态可控", Element.MEASURES: "应急、公安、卫生健康等部门赶赴现场处置",
            Element.CONTACT: "区政府值班室",
        },
    }  # fmt: skip


def follow_up_told(entry: Incident, number: int) -> dict[str, Any]:
    """What the follow-up with this number tells."""
    if number > 1:
        told = {Element.CHANGE: "无新增伤亡", Element.PROGRESS: "转入调查整改", Element.CAUSE: entry.cause}
    else:
        told = {Element.CHANGE: entry.loss, Element.MEASURES: "救治伤病人员", Element.PROGRESS: "处置基本结束"}
    return {"figures": {"dead": 0, "slightly_hurt": 2}, "elements": told}


def final_report(entry: Incident) -> tuple[str, str, dict[str, Any]]:
    """Title, text and what is told of the final report."""
    elements = {
        Element.SUMMARY: "处置结束，秩序恢复", Element.CAUSE: entry.cause, Element.CONSEQUENCES: entry.loss,
        Element.LESSONS: "日常检查流于形式", Element.PRESENT_STATE: "生产生活恢复正常",
        Element.NEXT_STEPS: "开展同类隐患排查", Element.LEADERS_ON_SCENE: "分管副区长", Element.REQUEST: "无",
    }  # fmt: skip
    body = f"{entry.place}{entry.what}一事处置完毕。{entry.told[3]}"
    return f"{entry.title}（终报）", body, {"figures": {"dead": 0, "slightly_hurt": 2}, "elements": elements}


def instruction(chance: Random) -> tuple[str, str, str, str]:
    """Leader, words, class, and what the assignment asks for."""
    text, instruction_class = chance.choice(_INSTRUCTIONS)
    return chance.choice(LEADERS), text, instruction_class, chance.choice(_REQUIREMENTS)


def feedback(unit: Reporter, title: str, chance: Random) -> tuple[str, str]:
    """Title and text of the unit's feedback on a report of this title."""
    field = chance.choice(unit.fields)
    return f"关于《{title}》批示办理情况的反馈"[:200], some(ANSWERS, 4, unit, field, chance)
