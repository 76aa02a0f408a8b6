"""Sixteen districts and forty departments of Tianjin, and what each of them is busy with."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.vocabulary import UnitClass


@dataclass(frozen=True)
class Reporter:
    """A unit that reports: its code, its name in full and as people say it, and its fields of work."""

    code: str
    name: str
    short: str
    unit_class: UnitClass
    fields: tuple[str, ...]


_DISTRICTS = """
heping 和平区 商圈消费提质 老旧小区治理 涉外楼宇服务
hedong 河东区 棚户区安置 直播产业培育 社区养老服务
hexi 河西区 金融服务实体经济 学区学位供给 会展活动保障
nankai 南开区 高校成果转化 历史街区保护 物业矛盾化解
hebei 河北区 意式风情区活化 工业遗存更新 就业帮扶
hongqiao 红桥区 西沽片区开发 困难群众救助 桥园绿道建设
binhai 滨海新区 港产城融合 氢能产业链建设 通关便利化
dongli 东丽区 航空产业集聚 城中村改造 湖区生态治理
xiqing 西青区 智能网联汽车试点 非遗保护传承 外来务工人员服务
jinnan 津南区 海河教育园合作 稻田湿地修复 会展经济带动
beichen 北辰区 产城融合示范 装备制造升级 运河文化利用
wuqing 武清区 京津产业协同 电商物流规范 设施农业发展
baodi 宝坻区 潮白河治理 家居产业转型 农村厕所改造
ninghe 宁河区 七里海湿地保护 小站稻生产 农村公路养护
jinghai 静海区 大健康产业建设 自行车产业升级 中德合作园区
jizhou 蓟州区 山区生态补偿 民宿经济规范 森林防火
"""
_BUREAUS = """
fagai 市发展和改革委员会 市发展改革委 重大项目开工 粮食储备安全 京津冀协同事项
jiaowei 市教育委员会 市教委 义务教育学位供给 校园安全 产教融合
keji 市科学技术局 市科技局 关键技术攻关 科技型企业梯度培育 创新平台建设
gongxin 市工业和信息化局 市工信局 产业链强链补链 中小企业数字化转型 工业用能保障
minzong 市民族和宗教事务委员会 市民族宗教委 民族团结进步创建 宗教场所安全
gongan 市公安局 市公安局 电信诈骗防范 大型活动安保 道路交通秩序
minzheng 市民政局 市民政局 社会救助提标 养老机构监管 社区议事协商
sifa 市司法局 市司法局 行政复议化解争议 法律援助 人民调解
caizheng 市财政局 市财政局 惠民资金直达 预算绩效管理 政府采购监管
renshe 市人力资源和社会保障局 市人社局 高校毕业生就业 欠薪治理 技能人才培养
guihua 市规划和自然资源局 市规划资源局 低效用地盘活 不动产登记便民 耕地保护
shengtai 市生态环境局 市生态环境局 秋冬季大气治理 入海河流水质 噪声扰民治理
zhujian 市住房和城乡建设委员会 市住房城乡建设委 保交房 老旧小区改造 建筑工地扬尘治理
chengguan 市城市管理委员会 市城市管理委 生活垃圾分类 供热准备 环境卫生整治
jiaotong 市交通运输委员会 市交通运输委 公交线网优化 港口集疏运 网约车管理
shuiwu 市水务局 市水务局 引江引滦水源调度 城市排水防涝 地下水压采
nongye 市农业农村委员会 市农业农村委 秋粮收获 动物疫病防控 和美乡村建设
shangwu 市商务局 市商务局 稳外贸 生活必需品保供 首店经济
wenlv 市文化和旅游局 市文化和旅游局 假日旅游市场 公共文化服务 文物安全
weijian 市卫生健康委员会 市卫生健康委 流感疫苗接种 基层医疗服务 儿科床位供给
tuiyi 市退役军人事务局 市退役军人局 退役军人就业 优抚对象走访
yingji 市应急管理局 市应急局 危险化学品整治 有限空间作业安全 应急预案演练
shenji 市审计局 市审计局 民生资金审计 工程项目审计
shichang 市市场监督管理委员会 市市场监管委 校园食品安全 特种设备检查 价格秩序
guozi 市人民政府国有资产监督管理委员会 市国资委 国企改革深化 存量资产盘活
tiyu 市体育局 市体育局 群众赛事 体育场馆开放
tongji 市统计局 市统计局 前三季度经济运行 服务业统计监测
yibao 市医疗保障局 市医保局 药品集采落地 异地就医结算 医保基金监管
renfang 市人民防空办公室 市人防办 人防工程维护 疏散演练
zhengwu 市政务服务办公室 市政务服务办 高效办成一件事 政务热线办理
xinfang 市信访办公室 市信访办 初信初访化解 信访积案攻坚
jinrong 市金融工作局 市金融局 普惠小微贷款 非法集资防范
hezuo 市人民政府合作交流办公室 市合作交流办 东西部协作 招商引资服务
"""
_AFFILIATED = """
xiaofang 市消防救援总队 市消防救援总队 高层建筑火灾防控 电动自行车充电安全
qixiang 市气象局 市气象局 秋汛天气监测 农业气象服务
shuiwuju 国家税务总局天津市税务局 市税务局 留抵退税 纳税服务
haiguan 天津海关 天津海关 跨境电商监管 冷链口岸查验
youzheng 市邮政管理局 市邮政管理局 快递旺季保障 寄递安全
tongxin 市通信管理局 市通信管理局 通信保障 骚扰电话治理
gongxiao 市供销合作总社 市供销总社 冬储菜储备 农资供应
"""


def reporters() -> tuple[Reporter, ...]:
    """All fifty-six, districts first."""
    return (*_read(_DISTRICTS, UnitClass.DISTRICT), *_read(_BUREAUS, UnitClass.BUREAU), *_affiliated())


def _affiliated() -> tuple[Reporter, ...]:
    return tuple(_read(_AFFILIATED, UnitClass.AFFILIATED))


def _read(lines: str, unit_class: UnitClass) -> list[Reporter]:
    found = []
    for line in lines.split("\n"):
        words = line.split()
        if words and unit_class == UnitClass.DISTRICT:
            code, short, *fields = words
            found.append(Reporter(code, f"{short}人民政府办公室", short, unit_class, tuple(fields)))
        elif words:
            code, name, short, *fields = words
            found.append(Reporter(code, name, short, unit_class, tuple(fields)))
    return found
