"""PDF and plain text: what they must have, and what they must not bring along."""

from __future__ import annotations

import codecs
import re
from mmap import mmap

from contracts.rpc.attachments import MediaType
from gateway.attachments.archives import encrypted
from gateway.attachments.refusals import FileRefused, Reason

TAIL = 2_048
"""Bytes at the end of a PDF in which its end must be said."""
BLOCK = 65_536
_PDF_ENCRYPTED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R\b|<<)")
_PDF_ACTIVE = re.compile(rb"/JavaScript\b|/S\s*/Launch\b")
_MARKUP = re.compile(r"\s*<(?:!doctype|!--|\?xml|\?php|[a-z][a-z0-9]*[\s>/:])", re.IGNORECASE)
_SCRIPT = re.compile(r"\s*(?:#!|@echo\b|<script\b|powershell\b)", re.IGNORECASE)
_FORMULA = re.compile(r'(?:^|[\n,;\t])[ "\u3000]*[=＝@]')
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
ENCODINGS = ("utf-8-sig", "gb18030")


def examine_pdf(data: mmap) -> MediaType:
    """Its end is there, it opens without a password, and it starts nothing. Raises `FileRefused`."""
    tail = data[-TAIL:]
    if b"%%EOF" not in tail or b"startxref" not in tail:
        raise FileRefused(Reason.TRUNCATED, "文件不完整，末尾缺失。", "The file is cut off: its end is missing.")
    if _PDF_ENCRYPTED.search(data):
        raise encrypted()
    if found := _PDF_ACTIVE.search(data):
        word = found[0].decode("latin-1")
        raise FileRefused(
            Reason.ACTIVE, f"PDF 中含有脚本或启动程序的指令（{word}）。",
            f"The PDF holds a script or a launch ({word})."
        )
    return MediaType.PDF


def examine_text(data: mmap) -> MediaType:
    """UTF-8 or GB 18030 without control characters, and no markup or script in disguise. Raises `FileRefused`."""
    head = _head(data)
    if _SCRIPT.match(head):
        raise FileRefused(Reason.SCRIPT, "这是脚本，不是文本。", "This is a script, not a text.")
    if _MARKUP.match(head) or "<script" in head.lower():
        raise FileRefused(
            Reason.MARKUP, "这是网页、SVG 或 XML，不收此类文件。", "This is HTML, SVG or XML, which is not taken."
        )
    return MediaType.TEXT


def check_cells(data: mmap) -> None:
    """A table in text must start nothing in the spreadsheet that opens it. Raises `FileRefused`."""
    text = data[:].decode(_encoding(data))
    if found := _FORMULA.search(text):
        row = text.count("\n", 0, found.end()) + 1
        raise FileRefused(
            Reason.FORMULA, f"第 {row} 行有以 = 或 @ 开头的单元格，表格软件会把它当作公式执行；请去掉。",
            f"Line {row} has a cell that begins with = or @, which a spreadsheet would run as a formula.",
        )


def _head(data: mmap) -> str:
    """The first 1,024 characters. Raises `FileRefused` when the whole is no text."""
    return data[: 4 * 1_024].decode(_encoding(data), "ignore")[:1_024]


def _encoding(data: mmap) -> str:
    for encoding in ENCODINGS:
        if _is_text(data, encoding):
            return encoding
    raise FileRefused(
        Reason.UNKNOWN_TYPE, "无法识别的文件类型，也不是 UTF-8 或 GB 18030 编码的文本。",
        "The type of this file is not known, nor is it text in UTF-8 or GB 18030.",
    )


def _is_text(data: mmap, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(data), BLOCK):
            block = decoder.decode(data[start : start + BLOCK], final=start + BLOCK >= len(data))
            if _UNWRITABLE.search(block):
                return False
    except UnicodeDecodeError:
        return False
    return True
