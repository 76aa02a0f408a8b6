"""Closed vocabularies shared by every process; English terms of the glossary, Chinese labels beside them."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """A string enumeration whose members carry the Chinese label of the user interface."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class Role(Labelled):
    INFORMATION_OFFICER = "information_officer", "信息员"
    RESPONSIBLE_LEADER = "responsible_leader", "分管负责人"
    UNIT_HEAD = "unit_head", "单位主要负责人"
    SECTION_HEAD = "section_head", "科室负责人"
    EDITOR = "editor", "责任编辑"
    CHIEF_EDITOR = "chief_editor", "总编辑"
    SECRETARY = "secretary", "领导秘书"
    LEADER = "leader", "领导"
    SUPERVISOR = "supervisor", "督办员"
    DUTY_OFFICER = "duty_officer", "值班员"
    SCORING_OFFICER = "scoring_officer", "计分员"
    SYSTEM_ADMINISTRATOR = "system_administrator", "系统管理员"
    SECURITY_ADMINISTRATOR = "security_administrator", "安全管理员"
    AUDIT_ADMINISTRATOR = "audit_administrator", "审计管理员"
    OPERATOR = "operator", "运维员"
    API_CLIENT = "api_client", "接口客户端"
    SYSTEM = "system", "系统"


UNIT_ROLES = frozenset(
    {Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER, Role.UNIT_HEAD, Role.SECTION_HEAD, Role.API_CLIENT}
)
"""Holders of these roles see their own unit only (access.md)."""


class UnitClass(Labelled):
    """Classes of reporting units named by the notice."""

    DISTRICT = "district", "区县"
    BUREAU = "bureau", "委局"
    AFFILIATED = "affiliated", "直属单位"
    CITY_OFFICE = "city_office", "市政府办公厅"


class Kind(Labelled):
    """Kinds of signed documents; all but the last are reports, the last answers an assignment."""

    DEVELOPMENT = "development", "动态信息"
    PUBLIC_OPINION = "public_opinion", "社情民意"
    RESEARCH = "research", "调研报告"
    URGENT_FIRST = "urgent_first", "紧急信息首报"
    URGENT_FOLLOW_UP = "urgent_follow_up", "紧急信息续报"
    URGENT_FINAL = "urgent_final", "紧急信息终报"
    DECISION_IMPLEMENTATION = "decision_implementation", "决策落实情况"
    GUIDANCE_ANSWER = "guidance_answer", "报送要点回应"
    COMMISSION_ANSWER = "commission_answer", "约稿"
    FEEDBACK = "feedback", "批示反馈"
    ASSIGNMENT_RECEIPT = "assignment_receipt", "交办签收"


URGENT_FOLLOWING = frozenset({Kind.URGENT_FOLLOW_UP, Kind.URGENT_FINAL})
"""What follows a first report in its chain (notice 二(一))."""
URGENT_KINDS = URGENT_FOLLOWING | {Kind.URGENT_FIRST}
REFERRING = frozenset({Kind.DECISION_IMPLEMENTATION, Kind.GUIDANCE_ANSWER, Kind.COMMISSION_ANSWER})
"""What answers a document of the city names it (`Reference`)."""


class Leaning(Labelled):
    """Whether a report brings good news or bad (notice 二(三): both are to be reported)."""

    GOOD_NEWS = "good_news", "喜"
    BAD_NEWS = "bad_news", "忧"
    NEUTRAL = "neutral", "中性"


class SourceChannel(Labelled):
    """Where the unit has a report from (R13)."""

    OWN_WORK = "own_work", "本单位工作"
    SUBUNIT = "subunit", "下属单位报送"
    INSPECTION = "inspection", "督查检查"
    FIELD_RESEARCH = "field_research", "调查研究"
    HOTLINE = "hotline", "政务热线"
    PETITION = "petition", "群众来信来访"
    MEDIA = "media", "媒体和网络"
    MONITORING = "monitoring", "监测预警"
    OTHER = "other", "其他"


class IncidentCategory(Labelled):
    """What an incident is by nature; only for accidents the severity follows from figures."""

    ACCIDENT = "accident", "事故灾难"
    NATURAL_DISASTER = "natural_disaster", "自然灾害"
    EPIDEMIC = "epidemic", "疫情"
    SOCIAL_ORDER = "social_order", "社会安全"
    OTHER = "other", "其他"


class Element(Labelled):
    """What the reports of a chain tell beside time, place and figures (urgent-time-limits.md, Contents)."""

    SOURCE = "source", "信息来源"
    NATURE = "nature", "事件性质"
    AREA = "area", "影响范围"
    TREND = "trend", "发展趋势"
    LEADERS_ON_SCENE = "leaders_on_scene", "到场领导"
    MEASURES = "measures", "已采取措施"
    REQUEST = "request", "意见或请求"
    CONTACT = "contact", "联系人及电话"
    CHANGE = "change", "变化情况"
    PROGRESS = "progress", "处置进展"
    CAUSE = "cause", "原因"
    CONSEQUENCES = "consequences", "后果"
    LESSONS = "lessons", "教训"
    SUMMARY = "summary", "处置总述"
    PRESENT_STATE = "present_state", "目前状态"
    NEXT_STEPS = "next_steps", "下步工作"


class ReportField(Labelled):
    """Fields of an urgent report that a step of its chain may have to state, as it may have to tell an `Element`."""

    OCCURRED_AT = "occurred_at", "发生时间"
    PLACE = "place", "发生地点"
    FIGURES = "figures", "伤亡和损失"


class Figure(Labelled):
    """Casualties and loss that reports of a chain state."""

    DEAD = "dead", "死亡（人）"
    MISSING = "missing", "失联（人）"
    SERIOUSLY_HURT = "seriously_hurt", "重伤（人）"
    SLIGHTLY_HURT = "slightly_hurt", "轻伤（人）"
    LOSS_YUAN = "loss_yuan", "直接经济损失（元）"


class ChainState(Labelled):
    """Where a chain stands: first report -> follow-ups -> final report -> closed by the city (notice 二(一))."""

    OPEN = "open", "续报中"
    FINAL_RECEIVED = "final_received", "已收终报"
    CLOSED = "closed", "已办结"


class IncidentState(Labelled):
    """An incident is closed once the chains of all its units are."""

    OPEN = "open", "处置中"
    CLOSED = "closed", "已办结"


class Likeness(Labelled):
    """Why two units' first reports may tell of one incident; beside the time, which has to be near."""

    CATEGORY = "category", "类别相同"
    PLACE = "place", "地点相近"


class Severity(Labelled):
    """Severity of an incident, most severe first."""

    SPECIALLY_MAJOR = "specially_major", "特别重大"
    MAJOR = "major", "重大"
    LARGER = "larger", "较大"
    GENERAL = "general", "一般"


class Secrecy(Labelled):
    """Secrecy class, the strictest last; until encryption and separate networks exist only `unclassified` is accepted
    (access.md 2)."""

    UNCLASSIFIED = "unclassified", "非密"
    INTERNAL = "internal", "内部"
    CONFIDENTIAL = "confidential", "秘密"
    SECRET = "secret", "机密"
    TOP_SECRET = "top_secret", "绝密"

    @property
    def rank(self) -> int:
        """0 for the least strict."""
        return list(Secrecy).index(self)

    def higher(self, other: Secrecy) -> Secrecy:
        """The stricter of the two."""
        return self if self.rank >= other.rank else other

    def above(self) -> list[Secrecy]:
        """What is stricter."""
        return list(Secrecy)[self.rank + 1 :]

    @classmethod
    def up_to(cls, clearance: str) -> list[Secrecy]:
        """What a person of this clearance may read; nothing for a clearance nobody knows."""
        return list(cls)[: cls(clearance).rank + 1] if clearance in set(cls) else []


class SignOffMethod(Labelled):
    """How the signer was known: by his own sign-in, or stated by the unit's API client."""

    SESSION = "session", "本人登录签发"
    ATTESTED = "attested", "单位系统代报签发"


class Level(Labelled):
    """Level of the publication or leader that an adoption, outcome or instruction belongs to."""

    COUNTY = "county", "区县级"
    CITY = "city", "市级"
    UPPER = "upper", "上级"
    PROVINCE = "province", "省级"
    STATE = "state", "国家级"


class Outcome(Labelled):
    """What became of a report that was passed upward."""

    FORWARDED = "forwarded", "上报"
    ADOPTED = "adopted", "采用"
    INSTRUCTED = "instructed", "批示"


class InstructionClass(Labelled):
    FOR_ACTION = "for_action", "批办性"
    FOR_GUIDANCE = "for_guidance", "指导性"
    FOR_REFERENCE = "for_reference", "参阅性"


class ReportState(Labelled):
    REGISTERED = "registered", "已登记"
    AT_DESK = "at_desk", "编辑处理中"
    RETURNED = "returned", "已退回"
    ADOPTED = "adopted", "已采用"
    PRE_ADOPTED = "pre_adopted", "预采用"
    PASSED_UP = "passed_up", "已上报"
    FOR_READING = "for_reading", "送阅"
    KEPT = "kept", "备查"
    NOT_USED = "not_used", "不采用"
    WITHDRAWN = "withdrawn", "已撤回"


class AmendmentAct(Labelled):
    """What a signed version does to a report that was submitted."""

    CORRECTION = "correction", "更正"
    WITHDRAWAL = "withdrawal", "撤回"


class ReportFlag(Labelled):
    """What intake marks on an accepted document for a person to look at; it decides nothing (access.md 7)."""

    OCCURRED_AFTER_RECEIVED = "occurred_after_received", "所填发生时间晚于接收时间"
    OCCURRENCE_MOVED_LATER = "occurrence_moved_later", "发生时间较此前所填推后"
    URGENT_INCOMPLETE = "urgent_incomplete", "紧急信息缺少事件等级或发生时间"
    NO_TIME_LIMIT = "no_time_limit", "事件发生时没有生效的时限规定"
    SEVERITY_BELOW_FIGURES = "severity_below_figures", "所填事件等级低于按伤亡和损失推算的等级"
    LEARNT_BEFORE_OCCURRED = "learnt_before_occurred", "所填得知时间早于发生时间"
    PRE_REPORT_UNKNOWN = "pre_report_unknown", "所引预报不存在或不属于本单位"
    PRE_REPORT_TAKEN = "pre_report_taken", "所引预报已由另一条首报书面报送"
    JUST_BELOW_LIMIT = "just_below_limit", "临近时限才报到（时限的最后5%以内）"
    DRILL_DIFFERS = "drill_differs", "演练标记与首报、前一版本或预报不一致，或用在了非紧急信息上"
    REPEATS = "repeats", "与此前报送的内容基本重复，没有新的数字和要素"
    FIGURES_FELL = "figures_fell", "所报数字比此前减少，但没有说明变化情况"
    AFTER_CLOSING = "after_closing", "办结之后收到，办结已撤销"
    BEFORE_UNIT = "before_unit", "所填发生时间早于报送单位设立之日"


class StatedBy(Labelled):
    """In which act the time of an occurrence was stated."""

    DRAFT = "draft", "稿件填写"
    SIGNED = "signed", "签发文本"
    PRE_REPORT = "pre_report", "电话预报"
    CORRECTION = "correction", "更正"


class CallSide(Labelled):
    """Who noted a call: the unit that made it, or the city's duty officer who took it."""

    UNIT = "unit", "报送单位自记"
    CITY = "city", "市值班接听"


class DraftState(Labelled):
    EDITING = "editing", "编辑中"
    AWAITING_ENDORSEMENT = "awaiting_endorsement", "待核稿"
    OFFERED = "offered", "待签发"
    RETURNED = "returned", "已退改"
    SIGNED = "signed", "已签发"
    DROPPED = "dropped", "已放弃"


class DeskState(Labelled):
    WAITING = "waiting", "待处理"
    CLAIMED = "claimed", "已认领"
    DECIDED = "decided", "已处理"


class DeskPlace(Labelled):
    """Where a report was on the desk when a correction or withdrawal of it came."""

    WAITING = "waiting", "待处理"
    CLAIMED = "claimed", "处理中"
    DECIDED = "decided", "已处理"
    COMPOSED = "composed", "已编入期刊"
    PUBLISHED = "published", "已刊发"


class IssueState(Labelled):
    COMPOSING = "composing", "编辑中"
    PROOF = "proof", "校样"
    SIGNED = "signed", "已签发"
    PUBLISHED = "published", "已刊发"
    WITHDRAWN = "withdrawn", "已撤销"


class AssignmentState(Labelled):
    ASSIGNED = "assigned", "已交办"
    RECEIVED = "received", "已签收"
    FED_BACK = "fed_back", "已反馈"
    RETURNED = "returned", "反馈退回"
    ACCEPTED = "accepted", "已办结"


class EscalationLevel(Labelled):
    """Who is told, one after the other, that an assignment is overdue (R17)."""

    OFFICER = "officer", "信息员"
    RESPONSIBLE_LEADER = "responsible_leader", "分管负责人"
    HEAD = "head", "单位主要负责人"
    SUPERVISION_OFFICE = "supervision_office", "督办部门"


class DeadlineOutcome(Labelled):
    OPEN = "open", "进行中"
    MET = "met", "按时"
    MISSED = "missed", "超时"
    WAIVED = "waived", "免除"


class DeadlineKind(Labelled):
    URGENT_REPORT = "urgent_report", "紧急信息报送"
    FOLLOW_UP = "follow_up", "紧急信息续报"
    FEEDBACK = "feedback", "批示反馈"
    COMMISSION = "commission", "约稿"
    RESEARCH_MILESTONE = "research_milestone", "调研节点"
    ASSIGNMENT_RECEIPT = "assignment_receipt", "交办签收"
    GUIDANCE = "guidance", "报送要点"
    COMMISSION_UPWARD = "commission_upward", "约稿上报"


class LateDecision(Labelled):
    """What an editor finds about a report that came late or not at all; the figures say late, a person says why."""

    UPHELD = "upheld", "认定迟报"
    EXCUSED = "excused", "不予认定"


class FindingKind(Labelled):
    """What a person finds against a unit (notice 五(一))."""

    LATE = "late", "迟报"
    OMITTED = "omitted", "漏报"
    FALSE = "false", "谎报"
    CONCEALED = "concealed", "瞒报"
    UNDERSTATED = "understated", "少报"


class ReceiptState(Labelled):
    ACCEPTED = "accepted", "已接收"
    REGISTERED = "registered", "已登记"
    ON_THE_DESK = "on_the_desk", "已到编辑处"
    ACKNOWLEDGED = "acknowledged", "值班员已签收"
    SEEN = "seen", "已阅"


class DeliveryState(Labelled):
    WAITING = "waiting", "待发送"
    SENDING = "sending", "发送中"
    SENT = "sent", "已送出"
    FAILED = "failed", "失败"
    CANCELLED = "cancelled", "已取消"


class Channel(Labelled):
    EMAIL = "email", "电子邮件"
    SMS = "sms", "短信"
