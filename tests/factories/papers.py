"""Official papers for tests: a periodical, a notice, and papers of so much plain text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from kernel.papers.official.content import (
    Article,
    Block,
    Distribution,
    Head,
    Heading,
    Imprint,
    OfficialDocument,
    Paragraph,
    Picture,
    Signature,
    Table,
    document_number,
)
from tests.factories.pictures import png

CREATED = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
DAY = date(2026, 11, 5)
TEXT = (
    "11月20日，河西区召开全区安全生产专题会议，研究部署岁末年初安全生产工作。会议强调，要认真吸取“11·15”事故教训，"
    "压紧压实责任；要坚持“三管三必须”，开展起底式排查（重点是人员密集场所、燃气、危化品），确保万无一失。"
)
IMPRINT = Imprint(
    "市人民政府办公室信息处",
    DAY,
    (Distribution("报", "市委书记，市长"), Distribution("送", "市委各部门，市政府各部门，各区县人民政府")),
    copies=50,
)
SCALE = Table(
    ("单位", "检查企业（家）", "整改情况"),
    tuple((f"第{number}街道办事处", str(number), "已全部整改") for number in range(1, 41)),
    caption="附表　各单位检查情况",
    widths=(3, 2, 3),
)


def periodical() -> OfficialDocument:
    """An issue with everything a periodical has, on a few pages."""
    first = Article(
        "河西区深入开展岁末年初安全生产大检查大整治专项行动坚决防范遏制重特大事故",
        (
            Heading(1, "一、压实责任"),
            Paragraph(TEXT),
            Heading(2, "（一）起底排查。", TEXT),
            Heading(3, "1.突出重点领域。", TEXT),
            Heading(4, "（1）逐级签订责任书。", TEXT),
            SCALE,
            Picture(png(40, 20), "各街道报送情况柱状图", "图1　各街道报送情况"),
        ),
        column="工作动态",
        source="河西区政府办公室",
    )
    second = Article("东山县优化营商环境见成效", (Paragraph(TEXT),), column="经验交流", source="东山县政府办公室")
    head = Head(
        "政务信息",
        "第12期",
        copy_number="000012",
        secrecy="机密★1年",
        urgency="特急",
        issued_by="市人民政府办公室",
        issued_on=DAY,
    )
    return OfficialDocument(
        "政务信息 2026年第12期", "市人民政府办公室", CREATED, head, (first, second), IMPRINT, contents_title="本期要目"
    )


def notice() -> OfficialDocument:
    """A notice with a document number, addressee, attachments and signature."""
    article = Article(
        "关于限期办理市领导批示事项的通知",
        (Paragraph(TEXT), Heading(1, "一、办理要求"), Paragraph(TEXT), Paragraph("特此通知。")),
        addressee="河西区人民政府",
        attachments=("市领导批示件复印件", "河西区关于深入开展岁末年初安全生产大检查大整治专项行动情况的报告"),
        signature=Signature("某某市人民政府督查室", DAY),
        note="联系人：王晓，电话：12345678",
    )
    head = Head("某某市人民政府督查室文件", document_number("府办督", 2026, 5), urgency="特急")
    copies = Imprint("某某市人民政府办公室", DAY, (Distribution("抄送", "市应急管理局"),))
    return OfficialDocument(article.title, "某某市人民政府督查室", CREATED, head, (article,), copies)


def plain(*blocks: Block, imprint: Imprint | None = None) -> OfficialDocument:
    """A paper with these blocks under a short title."""
    return OfficialDocument("试样", "办公室", CREATED, Head("政务信息"), (Article("标题", blocks),), imprint)


def proof() -> OfficialDocument:
    """The periodical before it has a number."""
    whole = periodical()
    return replace(whole, head=replace(whole.head, number="第　期"), proof="校样　未编号")
