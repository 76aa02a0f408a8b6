"""Sentences and words of the demo city's reports. There are many, and half of each is drawn, so that reports of
different units are as different as reports are; what the similar-report hint then shows is alike indeed."""

from __future__ import annotations

from random import Random

from deploy.demo.units import Reporter


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


STREETS = _words("""
    解放路 友谊路 建设路 团结道 光明里 幸福道 学苑路 新港路 迎宾道 红旗路 云山道 广开街 柳林东里 大沽南路 河沿道
    春和里 文昌阁 白堤路 渔阳大街 津塘公路 泰丰路 六纬路 北斗花园 丁字沽 榆关道 青光镇 杨村四街 咸水沽 七里海大道
    卫国道 民权门 芥园西道 汉沽新村 双港北里 静文路 邦均镇 宜兴埠 万新街 中塘镇 王串场
""")
OFFICES = _words("""
    住建 城管 商务 民政 教育 卫生健康 人社 财政 公安 司法 农业农村 水务 市场监管 规划资源 生态环境 文旅 科技 应急 税务
    政务服务 审计 统计 医保 交通运输 发改 工信 消防 气象 电力 供热 街道 信访
""")
FIRMS = _words("""
    华丰 金桥 海纳 天誉 北方 渤海 长芦 瑞景 众和 新兴 宏达 三源 力神 恒银 同仁 利民 泰达 凯立 荣程 久安 顺驰 佳源 聚英
    鸿运 明德
""")
TRADES = _words("机械 食品 医药 物流 电子 新能源 软件 纺织 建材 包装 模具 检测 家政 餐饮 仓储 印务")
LEADERS_HERE = _words("主要负责同志 分管负责同志 副区长 办公室主任 总工程师 专班组长 街道书记 值班领导")

OPENINGS = _lines("""
    {month}月以来，{short}围绕{field}，选取{street}、{street2}两处先行试点。
    针对{street}一带{count}户居民的需要，{short}把{field}列入{month}月实事清单。
    {short}{leader}{day}到{firm}现场办公，逐项研究{field}的{few}个堵点。
    近{few}个月，{short}{field}投入资金{money}万元，比年初安排多{small}%。
    从{street}调度中心获悉，{short}{field}已进入{month}月攻坚阶段，{count}名干部下沉一线。
    {short}建立{office}、{office2}两部门轮值制度，{field}每{few}天通报一次。
    对照上半年审计指出的{few}个问题，{short}对{field}逐条制定整改措施。
    为应对{month}月用工和订单的变化，{short}就{field}向{firm}等{count}户发放问卷。
    {day}，{short}在{street}启用{field}服务点，首日接待{people}人次。
    {short}把{field}纳入{office}部门绩效，权重由{few}分调到{small}分。
    借助{firm}开发的平台，{short}将{field}的{count}项数据接入指挥大屏。
    入{season}以来，{short}{field}出现新变化：{street}片区需求增加{share}%，{street2}片区回落{small}%。
    {short}从{office}、{office2}和{office3}抽调{count}人组成{field}专班，进驻{street}。
    受{firm}停产检修影响，{short}对{field}预案作了{few}处修订。
""")
ACTIONS = _lines("""
    {street}服务站把受理窗口由{few}个增到{small}个，平均等候{minutes}分钟。
    {office}部门牵头，与{firm}签订{few}年协议，提供{count}个岗位。
    {street2}改造段敷设管线{meters}米，{day}具备通行条件。
    推行“{few}张清单”工作法，{office}列出问题{count}个、{office2}认领{small}个。
    {firm}投资{money}万元的二期项目{month}月封顶，达产后年产值可增{share}%。
    组织{people}名志愿者到{street}入户，登记需求{count}条，{minutes}分钟内响应的占{share}%。
    在{street2}开设夜间受理点，{month}月办件{people}件，投诉下降{small}%。
    {office}与{office2}共享{count}类数据，材料由{small}份减为{few}份。
    对{street}的{count}处点位逐一核查，{day}前销号{small}处，其余由{leader}包保。
    向{firm}等{count}户兑付补助{money}万元，户均{few}万元。
    邀请{few}所高校与{firm}共建{trade}实训室，{month}月首批{count}人结业。
    {leader}每周{few}上午到{street}接访，{month}月化解积案{small}件。
    试行{office}“预审、容缺、代办”{few}步流程，{street}首单用时{minutes}分钟。
    {street}{trade}园新入驻{count}户，{firm}带动上下游{small}户落户。
    {month}月举办{trade}专场{few}场，{firm}现场签约{money}万元。
    采用卫星影像和{office}台账比对，在{street2}发现差异{count}处。
    {firm}将{trade}产线搬到{street}，{count}名职工随迁，{office}协调班车{few}条。
    引入第三方对{street}片区评估，满意率{share}%，列出短板{few}项。
    {office}印制{trade}操作卡{people}张，由{count}名网格员送到{street}。
    修订{office}办事指南{count}处，删去重复表格{small}张，{day}起施行。
    {street2}菜市场设公平秤{small}台，{month}月复检{count}次，合格率{share}%。
    {leader}带队到{firm}取经，带回{few}条做法，已在{street}照办。
    由{office}出资、{firm}承建的{trade}车间{day}点火，单位能耗降{small}%。
    开通{few}条接驳线，覆盖{street}、{street2}，日均运送{people}人次。
    将{count}户困难家庭纳入{office}台账，{leader}结对{few}户，{month}月送去物资{money}千元。
    在{street}安装感应设备{count}套，{trade}报警由{minutes}分钟缩到{few}分钟。
    与邻区{office2}会签{few}项协议，{street}断头路{month}月贯通{meters}米。
    {firm}获评{trade}示范单位，{office}组织{count}户到{street}观摩。
    清理{office}历史文件{count}件，废止{small}件，{few}件移交{office2}。
    以{street}为样板复制推广，{month}月新增{trade}点{count}处，覆盖率{share}%。
    聘请{small}名退休教师到{street}授课{count}讲，{people}人次听讲。
    查处{trade}违规行为{small}起，{office}罚没{money}万元，{street}取缔黑点{few}处。
    打通{office}热线与{street}网格，{count}类事项直派，{share}%当日办结。
    {firm}自筹{money}万元改造{trade}库房，{office}给予贴息{few}个点。
    {street}议事会{month}月开会{few}次，{count}名居民提出意见，采纳{small}条。
    为{count}名{trade}工人办理参保，{office2}补缴{money}万元，{firm}垫付{share}%。
    {office}发布风险提示{few}期，涉及{firm}、{street}等{count}家单位。
    拆除{street2}违建{meters}平方米，{month}月补种苗木{people}株。
    评出“{trade}能手”{small}名，{firm}占{few}名，{day}在{street}颁奖。
    {leader}签订责任书{count}份，{office}按{few}级预警逐日调度。
""")
CLOSINGS = _lines("""
    下一步，将在{street}再设{few}个点，{month}月底前覆盖{share}%。
    目前尚有{count}处未完成，由{leader}督办，计划{few}周内收尾。
    {short}拟就{field}修订{office}实施细则，{month}月征求意见。
    存在的主要困难是{street}用地指标不足、{office}编制缺{small}人。
    这一做法已被{office2}编入案例，{month}月在{street}交流。
    请市{office}部门在{field}标准上予以指导，并支持资金{money}万元。
    {firm}表示，{few}年内将在{short}追加投资{money}万元。
    {short}将每{few}周公布一次{field}进展，接受{street}居民监督。
    经测算，{field}全部完成后每年可节约{money}万元，惠及{people}人。
    {office}提醒，{month}月{trade}需求可能反弹{small}%，须提前备足人手。
    {day}起，{leader}驻点{street}，解决剩余{few}件难事。
    下阶段重点是{office}与{office2}的衔接，{short}已列出{small}项任务。
""")
DEVELOPMENT_TITLES = _lines("""
    {short}在{street}试点推进{field}
    {short}{field}惠及{street}{people}人
    {short}借力{firm}做好{field}
    {short}{month}月{field}办结{count}件
    {short}“{few}张清单”促{field}
    {short}{office}{office2}联手抓{field}
    {short}{field}投入{money}万元
    {short}{leader}驻点{street}抓{field}
    {short}{field}出现{few}个新情况值得关注
    {short}完成{street}{count}处{field}点位核查
    {short}以{trade}行业为突破口推进{field}
    {short}部署{month}月{field}{count}项任务
    {short}{field}满意率达{share}%
    {short}引导{firm}参与{field}
""")
OPINION_TITLES = _lines("""
    {street}居民反映{field}有关问题
    {firm}等{count}户企业对{field}的意见建议
    {short}热线{month}月{field}诉求分析
    {street}群众建议改进{field}
    {trade}从业者反映{field}{few}点期盼
    {street2}家长、老人对{field}的看法
""")
OPINIONS = _lines("""
    {street}居民反映，{office}窗口{minutes}分钟才叫一个号，{few}次往返仍未办成。
    {month}月{short}热线接到{field}诉求{count}件，{street}占{share}%。
    {firm}负责人说，{trade}订单少了{small}%，盼望{office}延长政策{few}个月。
    {count}名{trade}从业者提出，{street}卸货时段只有{minutes}分钟，罚单增加{small}%。
    {street2}有老人说，{office2}上门服务{few}周一次太少，希望增到{small}次。
    居民担心{street}工地夜间噪声，{office}测得{small}个点位超标，{count}户要求停工。
    对{field}表示满意的占{share}%，比{month}月下降{few}个百分点，多因{street}公示不清。
    {people}人在网上留言，主要问{firm}补偿款{money}万元何时到账。
    有{trade}小店主建议，{street}摊位费按{few}档收取，{office}公布名单。
    {street}家长反映，接送高峰{minutes}分钟堵车{meters}米，{office}岗亭仅{few}人。
    {count}户业主质疑{street2}维修资金支出{money}万元，要求{office}复核。
    {firm}职工反映，{trade}证书{month}月起不再互认，{small}人影响上岗。
    {street}商户说，{office}与{office2}检查{few}天一次，盼能合并。
    走访{street}、{street2}{count}户，{share}%的人不知道{field}申请渠道。
    {trade}协会认为，{field}门槛应降到{money}万元，{few}类企业可免检。
    {street}一位网格员说，{office}表格{small}张、软件{few}个，填报占去{share}%时间。
""")
SUGGESTIONS = _lines("""
    建议{office}公开{field}进度，{street}设专人答复，{few}日内办结。
    建议由{office2}牵头，对{street}{count}件诉求集中会诊。
    建议把{trade}纳入{field}范围，先在{firm}试行{few}个月。
    建议延长{street}服务时间{minutes}分钟，周末留{small}个窗口。
    建议{office}与{firm}对账，{month}月底前付清{money}万元。
    建议合并{office}、{office2}检查，每{few}月一次，结果互认。
    建议编印{field}问答{people}份，由{street}网格员送上门。
    建议在{street2}增设{trade}点位{small}处，并配{count}套设备。
""")
RESEARCH_TITLES = _lines("""
    关于{short}{field}情况的调研报告
    {short}{trade}行业与{field}的调查
    从{street}看{short}{field}的短板
    {short}{field}{few}个问题的分析与建议
    {firm}样本：{short}{field}调研
""")
FACTS = _lines("""
    调研组{month}月走访{street}、{street2}等{count}个点位，回收问卷{people}份。
    {short}现有{trade}单位{count}户，{firm}等{small}户占产值{share}%。
    近{few}年{field}投入{money}万元，{street}一处即占{share}%。
    {office}登记在册{people}人，其中{street2}{count}人，{few}年间增长{small}%。
    {field}由{office}、{office2}、{office3}分管，制度文件{count}件，最早的距今{small}年。
    从{firm}抽样看，{trade}环节平均{minutes}分钟，比全市长{few}分钟。
""")
PROBLEMS = _lines("""
    {office}与{office2}口径不一，{street}{count}项数据对不上，相差{small}%。
    {trade}人才缺{count}人，{firm}{month}月流失{small}人。
    {street2}设施建于{few}十年前，{meters}米管线须更换，缺口{money}万元。
    审批跨{few}个部门，{firm}跑了{small}趟，用时{count}天。
    {field}考核偏重台账，{street}网格员{share}%的时间用于填表。
    {firm}等{small}户反映融资难，{trade}抵押率仅{share}%。
    {street}、{street2}分布不均，{share}%的点位集中在{few}个社区。
    {office}系统{few}年未升级，{month}月故障{small}次。
""")
ADVICE = _lines("""
    明确{office}牵头，{office2}配合，{month}月前出台{field}目录{count}项。
    安排{money}万元专项，优先{street}，分{few}年完成。
    与{firm}共建{trade}学院，每年培养{count}人。
    把{few}个系统并为一个，{office}数据{minutes}分钟内同步。
    在{street2}试行一窗通办，材料减到{few}份。
    设{trade}风险补偿池{money}万元，{firm}等{small}户先行。
    考核改看办结率，{street}权重{share}%，取消{small}张报表。
""")
RESPONSES = _lines("""
    接报后，{street}消防站{few}辆车、{small}名队员{minutes}分钟到场，{leader}在现场指挥。
    区应急局会同{office}、{office2}先期处置，抽调{count}人，{street}临时管控{meters}米。
    {leader}带领{office}人员赶到，{street2}派出所{small}名民警维持秩序，急救车{few}辆待命。
    {street}网格员首先发现并拨打电话，{minutes}分钟后{office}、卫生健康人员{count}名到达。
    {firm}抢修队{small}人携设备{few}台进场，{office}划定{meters}米警戒区。
    区政府启动响应，{office}、{office2}、{office3}各派{few}组，{leader}任现场总指挥。
    {street2}微型消防站先行处置，{office}调集物资{count}件，{minutes}分钟内送达。
    {leader}连线调度，{office}在{street}设安置点{few}处，可容纳{count}人。
""")
STATES = _lines("""
    {office}正在核实，{street}交通{minutes}分钟后恢复。
    现场由{leader}值守，{firm}配合排查{count}户。
    原因由{office}、{office2}调查，{few}小时内续报。
    {street}居民情绪稳定，{office}入户说明{count}户。
    {leader}要求{few}小时一调度，{office2}监测{small}个点位。
    舆情由{office}跟踪，网上相关信息{count}条，{street}未见聚集。
""")
HANDLINGS = _lines("""
    截至目前，{street}现场清理{meters}米，{office}留守{small}人。
    {firm}更换设备{few}台，{office}检测{small}次均正常。
    {leader}到医院、{street}看望，{office}安排{few}名干部包户。
    {office2}转移安置{count}人，{street}设点{few}处供应热餐。
    {street2}恢复通行，{office}撤除警戒{meters}米，保留{few}岗。
    区{office}部门派{small}人驻守，{minutes}分钟报告一次。
    {firm}已垫付{money}万元，{office}核对名单{count}人。
    专家{few}名抵达{street}，{office}出具意见{small}条。
""")
INQUIRIES = _lines("""
    {office}对{firm}立案，{small}人接受询问，查阅记录{count}份。
    {leader}主持复盘，{office}、{office2}认领问题{small}个，{street}先行整改。
    在{street}、{street2}排查同类点位{count}处，封停{few}处。
    {office2}约谈{firm}负责人{few}名，责令{small}日内整改。
    {office}委托第三方鉴定，取样{small}件，{few}日内出结果。
    全区{office}系统开展自查，{street}首日报送隐患{count}条。
    {firm}停业整顿，{office}督促清偿{money}万元。
""")
ANSWERS = _lines("""
    接批示当日，{leader}召集{office}、{office2}研究，定下措施{small}条。
    我单位派{few}个组到{street}、{street2}核实{count}处。
    与{firm}座谈{few}次，{trade}{small}户愿意先行。
    整改{office}问题{small}个，{street}剩余{few}个{month}月完成。
    {leader}包保{street}，{count}户已逐户答复。
    印发{office}通知{few}份，{people}人参加培训。
    落实资金{money}万元，{street2}工程完成{share}%。
    {office2}建立台账{count}条，{few}天销号一次。
    {day}组织回访，{street}满意率{share}%。
    修订制度{few}项，{trade}检查由{small}次减到{few}次。
""")


def told(sentence: str, unit: Reporter, field: str, chance: Random) -> str:
    """A sentence with its gaps filled by words of its own."""
    street, street2 = chance.sample(STREETS, 2)
    office, office2, office3 = chance.sample(OFFICES, 3)
    return sentence.format(
        short=unit.short, field=field, street=street, street2=street2, office=office, office2=office2, office3=office3,
        firm=f"{chance.choice(FIRMS)}{chance.choice(TRADES)}公司", trade=chance.choice(TRADES),
        leader=chance.choice(LEADERS_HERE), month=chance.randint(1, 12), day=f"{chance.randint(2, 28)}日",
        season=chance.choice("春夏秋冬"), few=chance.randint(2, 9), small=chance.randint(10, 29),
        count=chance.randint(31, 186), share=chance.randint(58, 97), minutes=chance.randint(5, 55),
        meters=chance.randint(12, 96) * 10, people=chance.randint(12, 240) * 10, money=chance.randint(20, 980),
    )


def some(pool: tuple[str, ...], number: int, unit: Reporter, field: str, chance: Random) -> str:
    """Different sentences of a pool, one after the other."""
    return "".join(told(sentence, unit, field, chance) for sentence in chance.sample(pool, number))
