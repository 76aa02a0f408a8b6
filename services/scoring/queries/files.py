"""A bulletin as a file: JSON, XLSX, PDF, made from the issued document alone, the same bytes every time."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import rfc8785

from contracts.rpc.scoring import BulletinFile, File
from contracts.vocabulary import UnitClass
from kernel.papers import pdf, xlsx
from kernel.service import Reading
from services.scoring.model.bulletins import IssuedBulletin
from services.scoring.model.periods import moment_zh, month_zh
from services.scoring.queries.bulletins import document_of, find_issued, ordered_titles

TEMPLATE = Path(__file__).parents[1] / "papers" / "bulletin.typ"

MEDIA_TYPES = {
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}

NOTES = (
    "注：各规则列为本期计分次数（冲销计负一次）；得分相同者名次并列；同名次按单位名称拼音排列。",
    "每一分值的由来见计分台账。",
)


def get_bulletin_file(reading: Reading, request: BulletinFile, font_dir: Path | None) -> File:
    """The issued bulletin as a file. Raises `NotFound`. A PDF takes some 50 ms a page; blocks."""
    issued = find_issued(reading.session, request.period)
    content = _writers(font_dir)[request.format](issued)
    return File(
        name=f"bulletin-{issued.period}.{request.format}",
        media_type=MEDIA_TYPES[request.format],
        content_base64=base64.b64encode(content).decode(),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _writers(font_dir: Path | None) -> dict[str, Callable[[IssuedBulletin], bytes]]:
    return {"json": as_json, "xlsx": as_xlsx, "pdf": lambda issued: as_pdf(issued, font_dir)}


def as_json(issued: IssuedBulletin) -> bytes:
    """Document, hash, time and evidence as canonical JSON; the hash is that of member `bulletin` in the same form."""
    return rfc8785.dumps(
        {
            "bulletin": document_of(issued),
            "bulletin_id": str(issued.bulletin_id),
            "content_hash": issued.content_hash,
            "evidence": issued.evidence,
            "issued_at": issued.issued_at.isoformat(),
        }
    )


def as_xlsx(issued: IssuedBulletin) -> bytes:
    """One sheet: a row per unit, a column per rule."""
    document = document_of(issued)
    rules = ordered_titles(document)
    sheet = xlsx.Sheet(
        name="通报",
        header=["名次", "单位", "类别", *rules.values(), "本期得分", "本年累计"],
        rows=[_row(line, rules) for line in document["lines"]],
        above=[document["title"], f"印发时间：{moment_zh(issued.issued_at)}"],
        below=[*_corrections(document), *NOTES, *_proof(issued)],
        widths=[6, 32, 12, *(14 for _ in rules), 12, 12],
    )
    return xlsx.write([sheet], created_at=issued.issued_at)


def as_pdf(issued: IssuedBulletin, font_dir: Path | None) -> bytes:
    """The bulletin on A4; across where the rules are many."""
    document = document_of(issued)
    rules = ordered_titles(document)
    data = {
        "title": document["title"],
        "issued_zh": moment_zh(issued.issued_at),
        "columns": list(rules.values()),
        "lines": [_printed(line, rules) for line in document["lines"]],
        "corrections": _corrections(document),
        "notes": NOTES,
        "proof": _proof(issued),
    }
    return pdf.render(TEMPLATE, data, created_at=issued.issued_at, font_dir=font_dir)


def _row(line: dict[str, Any], rules: dict[str, str]) -> list[xlsx.Cell]:
    return [
        line["rank"],
        line["unit_name"],
        UnitClass(line["unit_class"]).label,
        *(line["counts"].get(rule, 0) for rule in rules),
        Decimal(line["points"]),
        Decimal(line["year_to_date"]),
    ]


def _printed(line: dict[str, Any], rules: dict[str, str]) -> dict[str, Any]:
    return {
        "rank": str(line["rank"]),
        "unit_name": line["unit_name"],
        "unit_class": UnitClass(line["unit_class"]).label,
        "counts": [str(line["counts"].get(rule, "")) for rule in rules],
        "points": line["points"],
        "year_to_date": line["year_to_date"],
    }


def _corrections(document: dict[str, Any]) -> list[str]:
    return [
        f"{one['unit_name']}：{month_zh(one['month'])}更正{Decimal(one['points']):+f}分"
        for one in document["corrections"]
    ]


def _proof(issued: IssuedBulletin) -> list[str]:
    evidence = issued.evidence
    return [
        f"内容哈希 {issued.content_hash}",
        f"存证：第{evidence['lane']}链第{evidence['number']}条 {evidence['hash']}",
    ]
