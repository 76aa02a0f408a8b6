"""R10: reports as offices write them. A clean one gives no finding at all; a flawed one exactly those it was given."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from contracts.rpc.checks import CheckText
from contracts.vocabulary import Kind
from kernel.rule_files import read_rules
from services.intake.model.checks.engine import check
from services.intake.model.checks.rule import Directory, PostHolder, UnitName
from services.intake.model.checks.rules import RULES_PATH, WritingRules

RULES = read_rules(RULES_PATH, WritingRules)
UNIT, DAY = "河西区人民政府办公室", date(2026, 11, 24)
DIRECTORY = Directory(
    units=(
        UnitName(name=UNIT), UnitName(name="市应急管理局"), UnitName(name="市商务委员会"),
        UnitName(name="河西区商务局"),
        UnitName(name="市安全生产监督管理局", now="市应急管理局"), UnitName(name="市发展和改革委员会"),
    ),
    people=(PostHolder(name="李强", posts=("区政府办公室主任",)), PostHolder(name="王敏", posts=("信息员",))),
)  # fmt: skip
DEVELOPMENT, OPINION, RESEARCH = Kind.DEVELOPMENT, Kind.PUBLIC_OPINION, Kind.RESEARCH
FIRST, FOLLOW_UP, FINAL = Kind.URGENT_FIRST, Kind.URGENT_FOLLOW_UP, Kind.URGENT_FINAL
OCCURRED = datetime(2026, 11, 24, 0, 20, tzinfo=UTC)

CLEAN: tuple[tuple[Kind, str, str], ...] = (
    (DEVELOPMENT, "河西区推进政务服务一网通办",
     ("今年以来，河西区以“高效办成一件事”为牵引，推动1,268项政务服务事项进驻综合窗口，网上可办率达到98.5%，"
     "平均办理时限由7.2个工作日压缩到2.4个工作日。一是优化流程，取消证明材料213份；二是数据共享，归集电子证照46类；"
     "三是延伸服务，在14个街道设立“24小时自助服务区”。截至10月底，累计办件32.6万件，群众满意率99.2%。")),
    (DEVELOPMENT, "我区完成三十二个老旧小区改造",
     ("截至11月20日，我区年度32个老旧小区改造任务全部完工，惠及居民1.8万户，完成投资4.6亿元，同比增长15%。"
     "其中，更新供水管网38公里，加装电梯26部，新增停车泊位1,500余个。\n下一步，将建立长效管护机制，确保“改一个、管好一个”。")),
    (DEVELOPMENT, "河西区开展冬季供热检查",
     ("10月28日至11月5日，河西区组织住建、城管等部门对辖区120座换热站开展检查，发现隐患35处，已整改32处，"
     "其余3处明确了责任人和完成时限。同时，公布24小时热线12345和各供热站报修电话，安排维修人员186名。")),
    (DEVELOPMENT, "河西区商务局助力企业开拓国际市场",
     ("三季度，河西区商务局组织42家企业参加第140届广交会（秋季），意向成交额1.2亿美元，比去年同期增长11.3%。"
     "印发《关于支持外贸稳规模优结构的若干措施》，兑现资金860万元。")),
    (DEVELOPMENT, "前三季度全区经济运行情况",
     ("前三季度，全区地区生产总值786.4亿元，同比增长5.6%。第一、二、三产业增加值分别增长2.1%、4.8%和6.3%；"
     "固定资产投资占全年计划的76.5%；社会消费品零售总额由去年的312.5亿元增长到337.5亿元，增长8%。"
     "新登记经营主体1.3万户，其中企业4,200户。")),
    (DEVELOPMENT, "我区多措并举促进高校毕业生就业",
     ("今年，我区共有应届高校毕业生3,560人，截至9月底已就业3,026人，就业率85%。举办招聘会46场，提供岗位1.2万个；"
     "发放一次性求职补贴286人，共计85.8万元；开发见习岗位1,050个。")),
    (DEVELOPMENT, "河西区深化“街道吹哨、部门报到”机制",
     ("2026年1月至10月，14个街道共“吹哨”326次，部门到场率100%，办结312件。（一）明确清单。梳理职责事项68项。"
     "（二）强化督办。对超时未办的14件逐件约谈。（三）严格考核。考核结果与年度绩效挂钩。")),
    (DEVELOPMENT, "河西区人民政府办公室组织信息员培训",
     ("11月18日（星期三），河西区人民政府办公室举办政务信息培训班，各街道、委办局信息员86人参加。"
     "区政府办公室主任李强作动员讲话，王敏讲解了《政务信息工作办法》。")),
    (OPINION, "居民反映共享单车占道停放影响出行",
     ("友谊路街道居民反映，地铁2号线出口共享单车乱停乱放，早晚高峰时段占用盲道，行人被迫走上机动车道。"
     "据街道统计，今年以来共收到此类投诉47件，较去年增加19件。居民建议：增设停车区，督促企业加大清运力度，"
     "并利用电子围栏技术规范停放。")),
    (OPINION, "家长呼吁规范校外托管机构",
     ("近期，12345热线收到家长反映，个别校外托管机构在居民楼内经营，没有消防设施，餐饮卫生条件差。"
     "走访发现，全区登记的托管机构有63家，未登记的约20家。建议：一是明确主管部门；二是出台管理办法；三是开展联合检查。")),
    (RESEARCH, "我区养老服务供给情况的调研与建议",
     ("一、基本情况\n截至2026年10月底，我区60周岁及以上老年人21.3万人，占户籍人口的27.4%；现有养老机构38家，床位6,240张，"
     "入住率62%。\n二、存在问题\n（一）供需结构不匹配。护理型床位占比仅41%，失能老人入住需排队3个月以上。\n"
     "（二）专业人员不足。持证护理员512人，与需求相差300人左右。\n（三）运营成本较高。民办机构平均亏损面达到34%。\n"
     "三、对策建议\n（一）优化床位结构。对新增护理型床位每张补贴1.2万元。\n（二）加强队伍建设。与2所职业院校合作办学。\n"
     "（三）完善价格机制。建立与服务质量挂钩的定价办法。")),
    (FIRST, "河西区友谊路一商场发生火灾",
     ("11月24日8时20分许，河西区友谊路某商场三层餐饮区发生火灾。接报后，区应急管理局、区消防救援支队立即赶赴现场，"
     "出动消防车12辆、人员58名，8时55分明火扑灭，过火面积约40平方米，疏散群众320余人，暂无人员伤亡。起火原因正在调查。")),
    (FOLLOW_UP, "河西区友谊路商场火灾处置情况（续报一）",
     ("截至11月24日12时，火灾已造成2人轻伤，均已送市第三中心医院救治，生命体征平稳。商场已停业，"
     "周边道路于10时30分恢复通行。市应急管理局派员到场指导。后续情况及时报告。")),
    (FINAL, "河西区友谊路商场火灾处置情况（终报）",
     ("11月24日8时20分发生的友谊路商场火灾，经调查系后厨排烟管道油垢引燃所致，直接经济损失36.5万元，2名伤者均已出院。"
     "我区已对全区326家大型商业综合体开展排查，发现隐患415处，整改398处，对5家单位立案处罚。")),
    (Kind.DECISION_IMPLEMENTATION, "河西区落实市政府稳就业政策情况",
     ("按照《市政府关于进一步稳定和扩大就业的实施意见》要求，我区城镇新增就业2.4万人，完成年度目标的104%；"
     "发放稳岗返还资金3,860万元，惠及企业1,245家。")),
    (Kind.FEEDBACK, "关于《部分小区供热不达标》批示落实情况的反馈",
     ("收到批示后，区政府于11月20日召开专题会议，逐户测温156户，不达标的23户已于11月22日前全部整改，"
     "维修管道1.6公里、更换阀门45个，并退还热费3.2万元。")),
    (DEVELOPMENT, "我区强化食品安全监管",
     ("我区检查餐饮单位860家、学校食堂124家、农贸市场16家，共计1000家；立案查处23起，罚没款45.6万元。"
     "抽检合格率由97.1%提高到98.6%，提高1.5个百分点。")),
)  # fmt: skip


def findings(kind: Kind, title: str, body: str, **facts: datetime) -> list[tuple[str, str]]:
    content = CheckText(kind=kind, title=title, body=body, **facts)
    return [(each.rule, each.words) for each in check(content, UNIT, DIRECTORY, DAY, RULES).items]


@pytest.mark.parametrize(("kind", "title", "body"), CLEAN, ids=[title for _, title, _ in CLEAN])
def test_R10_a_clean_report_gives_no_finding(kind: Kind, title: str, body: str) -> None:
    assert findings(kind, title, body) == []


FLAWED: tuple[tuple[Kind, str, str, list[tuple[str, str]]], ...] = (
    (DEVELOPMENT, "河西区完成36个老旧小区改造",
     "截至11月20日，河西区32个老旧小区改造全部完工，惠及居民1.8万户,完成投资4.6亿元。",
     [("title-numbers", "36个"), ("half-width-punctuation", ",")]),
    (DEVELOPMENT, "唐官屯镇推进高标准农田建设", "今年以来，我区新建高标准农田２.3万亩，打井46眼。",
     [("title-places", "唐官屯镇"), ("full-width-characters", "２")]),
    (FIRST, "河西区一工厂发生爆燃",
     "11月23日8时许，河西区一工厂发生爆燃，造成多人受伤，有关部门已到场处置。",
     [("occurrence-dates", "11月23日"), ("vague-number", "多人"), ("vague-who", "有关部门")]),
    (DEVELOPMENT, "我区开展安全检查",
     "今年，我区共检查企业120家，分别为工业企业60家、商贸企业50家、建筑企业20家，发现隐患86处，整改率达到108%。",
     [("sums", "120家")]),
    (DEVELOPMENT, "我区扩大参保覆盖面", "我区参保企业由3,200家增加到4,000家，增长20%，参保率达到102%。",
     [("growth", "20%"), ("shares", "102%")]),
    (DEVELOPMENT, "我区召开信息工作会议",
     "2026年11月24日（星期三），我区召开会议，印发《工作要点。副主任李强参加，市安全生产监督管理局派员到会。",
     [("weekdays", "三"), ("pairs", "《"), ("posts", "副主任李强"), ("unit-names", "市安全生产监督管理局")]),
    (OPINION, "居民反映小区停车难",
     "部分居民反映，小区停车位不足。\n一是车位少，二是占道多，四是收费高。\n建议布署专项整治，，盘活闲置地块。",
     [("serials", "四"), ("wrong-words", "布署"), ("doubled-punctuation", "，，")]),
    (DEVELOPMENT, "我区做好防汛工作",
     "今年汛期，我区启动应急响应3次，转移群众近300余人。今年汛期，我区启动应急响应3次，转移群众近300余人。",
     [("about-twice", "近300余"), ("doubled-sentence", "今年汛期，我区启动应急响应3次，转移群众近300余人。"),
      ("about-twice", "近300余")]),
    (DEVELOPMENT, "我区举办文化节", "定于11月31日舉辦二○二六年文化节，参加单位包括街道、学校...等。",
     [("ellipsis", "..."), ("impossible-dates", "11月31日"), ("traditional", "舉辦"), ("zero-in-years", "○")]),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "title", "body", "expected"), FLAWED, ids=[title for _, title, _, _ in FLAWED])
def test_R10_a_flawed_report_gives_its_findings_and_no_other(
    kind: Kind, title: str, body: str, expected: list[tuple[str, str]]
) -> None:
    occurred = {"occurred_at": OCCURRED} if kind is FIRST else {}
    assert sorted(findings(kind, title, body, **occurred)) == sorted(expected)
