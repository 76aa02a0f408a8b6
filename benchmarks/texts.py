"""Reports as units write them, made up: sentences from a vocabulary of places, works, measures and figures."""

from __future__ import annotations

import random
from dataclasses import dataclass


def _listed(words: str) -> list[str]:
    return words.split()


_STEMS = (
    "东西南北中上下长永安和平兴隆华福泰宁康昌盛明光新建民乐友谊文化江河海湖山林田园桥塘庄营店堡台岭泉源清"
    "秀红金银玉翠柳杨松柏桃李梅兰菊荷云龙凤鹤马牛羊石沙港渡口津沽塘汉杨武静蓟宝丽辰"
)
_AREAS = _listed("""
    街道 镇 社区 村 园区 开发区 商圈 片区 小区 工业园 农场 码头
""")
_BODIES = _listed("""
    住房建设部门 卫生健康部门 教育部门 应急管理部门 市场监管部门 民政部门 水务部门 农业农村部门
    城管执法队伍 人社部门 科技部门 商务部门 交通运输部门 文旅部门 统计机构 税务机关 公安派出所
    消防救援站 司法所 退役军人服务站 残联 妇联 团委 工会 工商联 红十字会 环卫公司 供热企业
    燃气公司 自来水厂
""")
_DOINGS = _listed("""
    排查 整治 改造 新建 修缮 走访 慰问 培训 检测 抽检 清理 拆除 发放 办理 调解 对接 签约
    引进 投放 栽植 疏浚 加固 巡查 约谈 公示 回访 登记 转移 安置 补贴 减免 复核
""")
_MANNERS = _listed("""
    逐户 连夜 分批 提前 联合 集中 限期 就近 当场 按季 全程 上门 线上 错峰 滚动 先行 挂图
    预约 轮班 分片 定点 随机 专人 免费
""")
_KINDS = _listed("""
    老旧 高层 临街 沿河 闲置 危险 规上 小微 外贸 民营 冷链 智能 绿色 低收入 独居 返乡
    新能源 高标准 应届 外来 公共 地下 校园 医疗 养老 托育 物流 文物 夜间 跨境
""")
_THINGS = _listed("""
    住宅楼 管网 换热站 闸门 泵房 电梯 充电桩 餐馆 药店 商户 企业 老人 学生 职工 农户 大棚
    粮库 仓库 工地 道路 路灯 桥梁 河道 绿地 公厕 图书室 诊所 班车 岗位 合同 项目 订单
    贷款 账单 证照 案件 隐患 纠纷 诉求 井盖 树木 车辆 摊位 床位 课程 实验室 展馆 渡船
""")
_UNITS = _listed("""
    处 个 户 家 名 件 公里 平方米 万元 吨 台 批
""")
_RESULTS = _listed("""
    已全部交付使用 预计年底前完工 群众反映良好 比去年同期多出一成 仍缺专业人手 资金尚有缺口
    已列入下季度安排 做法在邻近单位推开 尚需市级部门协调 未发现新的问题 三天内答复率升高
    后续由专班跟进 数据每周更新一次 入冬前再查一遍
""")
_SHAPES = (
    "{place}{body}{manner}{doing}{kind}{thing}{number}{unit}，{result}。",
    "截至{month}月{day}日，{place}共{doing}{kind}{thing}{number}{unit}。",
    "针对{place}{kind}{thing}的情况，{body}{manner}{doing}{thing2}{number}{unit}。",
    "{body}在{place}{doing}{thing}时发现{kind}{thing2}{number}{unit}，随即{manner}{doing2}。",
    "{place}的{name}介绍，{kind}{thing}{manner}{doing}后，{result}。",
    "其中{kind}{thing}{number}{unit}，{kind2}{thing2}{number2}{unit}，{result}。",
    "{month}月{day}日，{name}到{place}{doing}{kind}{thing}，要求{body}{manner}{doing2}{thing2}。",
)


@dataclass(frozen=True)
class Made:
    """A report made up."""

    title: str
    body: str


class Writer:
    """Writes reports; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def report(self) -> Made:
        """A title and five to fourteen sentences, some 150 to 600 characters."""
        words = self._words()
        title = f"{words['place']}{words['manner']}{words['doing']}{words['kind']}{words['thing']}"
        return Made(title, "".join(self._sentence() for _ in range(self.random.randint(5, 14))))

    def copy(self, report: Made, share: float = 0.15) -> Made:
        """The report with this share of its characters replaced, taken out or followed by another one."""
        return Made(self._changed(report.title, share), self._changed(report.body, share))

    def _changed(self, text: str, share: float) -> str:
        letters = list(text)
        for place in self.random.sample(range(len(letters)), round(len(letters) * share)):
            other = chr(self.random.randrange(0x4E00, 0x9FA6))
            letters[place] = self.random.choice((other, "", letters[place] + other))
        return "".join(letters)

    def _sentence(self) -> str:
        return self.random.choice(_SHAPES).format(**self._words())

    def _words(self) -> dict[str, str | int]:
        pick, among = self.random.choice, self.random.randint
        name = f"{pick('王李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗')}{pick(_STEMS)}{pick(_STEMS)}"
        return {
            "place": pick(_STEMS) + pick(_STEMS) + pick(_AREAS), "body": pick(_BODIES), "manner": pick(_MANNERS),
            "doing": pick(_DOINGS), "doing2": pick(_DOINGS), "kind": pick(_KINDS), "kind2": pick(_KINDS),
            "thing": pick(_THINGS), "thing2": pick(_THINGS), "number": among(2, 9_999), "number2": among(2, 999),
            "unit": pick(_UNITS), "result": pick(_RESULTS), "month": among(1, 12), "day": among(1, 28), "name": name,
        }  # fmt: skip
