"""What the demo city's units write: everyday reports, incidents with follow-ups, instructions and feedback."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from contracts.vocabulary import Element, IncidentCategory, Kind, Severity
from deploy.demo.units import Reporter
from kernel.clock import SHANGHAI


@dataclass(frozen=True)
class Everyday:
    """A report that nothing hurries."""

    kind: Kind
    title: str
    body: str
    topic: str


@dataclass(frozen=True)
class Incident:
    """Something that happened and must be reported within the time limit."""

    title: str
    what: str
    place: str
    severity: Severity
    loss: str
    cause: str


_DEVELOPMENT = (
    (
        "{short}多措并举推进{field}",
        (
            "今年以来，{short}把{field}摆在突出位置，建立“一周一调度”机制，已完成{share}%的年度任务，涉及项目{count}个。"
            "下一步将紧盯薄弱环节，逐项销号。"
        ),
    ),
    (
        "{short}{field}工作取得阶段性成效",
        (
            "截至本周，{short}{field}累计服务群众{people}人次，群众满意度{share}%，较上季度提高{small}个百分点。"
            "主要做法：一是压实责任；二是数据赋能；三是上门服务。"
        ),
    ),
    (
        "{short}{field}出现新情况值得关注",
        (
            "{short}反映，近期{field}出现三方面苗头：一是需求增长快于供给；二是{count}家单位反映成本上升；三是基层力量不足。"
            "建议市级有关部门统筹研究。"
        ),
    ),
    (
        "{short}召开{field}专题会部署四季度任务",
        "{short}召开专题会议，部署四季度{field}重点任务{count}项，明确牵头单位和完成时限，要求月底前完成{share}%。",
    ),
)
_OPINION = (
    (
        "群众反映{short}{field}有关问题及建议",
        (
            "近一周，{short}通过热线和走访收集{field}相关诉求{count}件，主要集中在办理周期长、信息不透明两方面。"
            "建议公开办理进度，并设立专人答复。"
        ),
    ),
    (
        "社会各界对{field}的反映",
        "{short}座谈走访{count}家企业和社区，各方对{field}总体评价较好，同时建议简化流程、加强宣传、稳定预期。",
    ),
)
_RESEARCH = (
    (
        "关于{short}{field}情况的调研报告",
        (
            "{short}组成调研组，走访{count}个点位，形成报告。一、基本情况：近三年投入年均增长{small}%。二、存在问题：统筹不够、"
            "标准不一、人才短缺。三、对策建议：完善机制、分类施策、强化考核。"
        ),
    ),
)
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
_PLACES = ("解放路", "友谊路", "建设路", "团结道", "光明里", "幸福道", "学苑路", "新港路", "迎宾道", "红旗路")
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
    kind, stock = chance.choices(
        ((Kind.DEVELOPMENT, _DEVELOPMENT), (Kind.PUBLIC_OPINION, _OPINION), (Kind.RESEARCH, _RESEARCH)), (76, 17, 7)
    )[0]
    title, body = chance.choice(stock)
    words = {
        "short": unit.short,
        "field": field,
        "share": chance.randint(58, 97),
        "count": chance.randint(6, 68),
        "people": chance.randint(12, 240) * 100,
        "small": chance.randint(2, 12),
    }
    return Everyday(kind, title.format(**words), body.format(**words), field)


def incident(unit: Reporter, chance: Random) -> Incident:
    """Something that happened in a district."""
    title, what, place, loss, cause = chance.choice(_INCIDENTS)
    severity = chance.choices((Severity.GENERAL, Severity.LARGER, Severity.MAJOR), (80, 17, 3))[0]
    return Incident(
        f"{unit.short}{title}", what, f"{unit.short}{chance.choice(_PLACES)}一{place}", severity, loss, cause
    )


def first_report(entry: Incident, occurred_at: datetime) -> str:
    at = occurred_at.astimezone(SHANGHAI)
    return (
        f"{at.month}月{at.day}日{at.hour}时{at.minute:02d}分，{entry.place}，{entry.what}。接报后，应急、公安、卫生健康等部门"
        f"立即赶赴现场处置。截至目前，{entry.loss}。原因正在调查，现场秩序平稳，有关情况续报。"
    )


def follow_up(entry: Incident, number: int) -> tuple[str, str]:
    """Title and text of the follow-up with this number; it does not repeat the beginning."""
    words = (
        f"现场处置已基本结束，{entry.loss}，伤病人员救治和群众安抚有序进行。",
        f"经初步调查，原因为{entry.cause}。已对相关单位立案调查，并在全区开展同类隐患排查。",
    )
    return f"{entry.title}（续报{number}）", words[(number - 1) % len(words)] + "后续情况及时报告。"


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
    body = (
        f"{entry.place}{entry.what}一事处置完毕。经查，原因为{entry.cause}。{entry.loss}。目前生产生活秩序恢复正常，"
        "有关责任单位已依规处理，同类隐患排查正在进行。"
    )
    return f"{entry.title}（终报）", body, {"figures": {"dead": 0, "slightly_hurt": 2}, "elements": elements}


def instruction(chance: Random) -> tuple[str, str, str, str]:
    """Leader, words, class, and what the assignment asks for."""
    text, instruction_class = chance.choice(_INSTRUCTIONS)
    return chance.choice(LEADERS), text, instruction_class, chance.choice(_REQUIREMENTS)


def feedback(title: str, chance: Random) -> tuple[str, str]:
    """Title and text of the feedback on a report of this title."""
    count = chance.randint(5, 40)
    return (
        f"关于《{title}》批示办理情况的反馈"[:200],
        (
            f"接到批示后，我单位主要负责同志立即组织研究，制定措施{count // 5 + 2}条，"
            f"排查点位{count}处，整改问题{count // 2}个。"
            "下一步将建立长效机制，持续跟踪问效。"
        ),
    )
