"""R09: what a file is, told by its bytes; every kind of file that is not taken is refused for its own reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.problems import PROBLEMS
from contracts.rpc.attachments import EXTENSIONS, MediaType
from gateway.attachments.refusals import FileRefused, Reason
from gateway.attachments.types import media_type_of
from tests.factories import files

EXCEL = "xl/worksheets/sheet1.xml"
GOOD = {
    MediaType.PDF: files.pdf(),
    MediaType.OFD: files.ofd(),
    MediaType.DOCX: files.office("docx"),
    MediaType.XLSX: files.office("xlsx", {EXCEL: "<c/>" * 50_000}),
    MediaType.PPTX: files.office("pptx", {"ppt/embeddings/chart.xlsx": files.office("xlsx")}),
    MediaType.TEXT: "一、情况\n二、措施\n".encode("gb18030"),
    MediaType.CSV: "单位,件数\n河西区,-5\n和平区,+3\n".encode("utf-8-sig"),
    MediaType.PNG: files.png(),
    MediaType.JPEG: files.jpeg() + b"a second picture of the camera",
    MediaType.MP4: files.mp4(),
}


def looked_at(folder: Path, data: bytes, name: str) -> MediaType:
    path = folder / "file"
    path.write_bytes(data)
    return media_type_of(path, name)


def refused(folder: Path, data: bytes, name: str) -> FileRefused:
    with pytest.raises(FileRefused) as refusal:
        looked_at(folder, data, name)
    return refusal.value


@pytest.mark.parametrize(("media_type", "ending"), [(kind, end) for kind in MediaType for end in EXTENSIONS[kind]])
def test_R09_each_type_that_is_taken_is_known_by_its_content(
    tmp_path: Path, media_type: MediaType, ending: str
) -> None:
    assert looked_at(tmp_path, GOOD[media_type], f"附件.{ending.upper()}") is media_type


@pytest.mark.parametrize("media_type", [kind for kind in MediaType if kind not in {MediaType.TEXT, MediaType.CSV}])
def test_R09_a_name_that_says_something_else_is_refused_and_told_both(tmp_path: Path, media_type: MediaType) -> None:
    refusal = refused(tmp_path, GOOD[media_type], "附件.txt")
    assert refusal.reason is Reason.ENDING
    assert media_type.label in refusal.detail_zh
    assert "txt" in refusal.detail_zh


@pytest.mark.parametrize("media_type", [kind for kind in MediaType if kind not in {MediaType.TEXT, MediaType.CSV}])
def test_R09_a_file_cut_off_anywhere_is_never_taken(tmp_path: Path, media_type: MediaType) -> None:
    whole = GOOD[media_type].removesuffix(b"a second picture of the camera").removesuffix(b"\n")
    name = f"附件.{EXTENSIONS[media_type][0]}"
    for end in {1, 4, 12, len(whole) // 3, len(whole) // 2, len(whole) - 1}:
        refused(tmp_path, whole[:end], name)
    assert refused(tmp_path, whole[:-1], name).reason is Reason.TRUNCATED


BAD: dict[str, tuple[Reason, str, bytes]] = {
    "empty": (Reason.EMPTY, "空.txt", b""),
    "program named pdf": (Reason.EXECUTABLE, "通知.pdf", b"MZ\x90\0" + b"\0" * 60),
    "linux program": (Reason.EXECUTABLE, "通知.png", b"\x7fELF\x02\x01"),
    "java class": (Reason.EXECUTABLE, "a.docx", b"\xca\xfe\xba\xbe\0\0\0\x34"),
    "shell script": (Reason.SCRIPT, "说明.txt", b"#!/bin/sh\nrm -rf /\n"),
    "batch file": (Reason.SCRIPT, "说明.txt", b"@echo off\r\n"),
    "page named txt": (Reason.MARKUP, "说明.txt", b"<!DOCTYPE html><title>x</title>"),
    "page after blanks": (Reason.MARKUP, "说明.txt", b" \r\n\t<HTML lang=zh>"),
    "svg": (Reason.MARKUP, "图.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'),
    "script further down": (Reason.MARKUP, "说明.txt", "说明\n<script>alert(1)</script>".encode()),
    "xml": (Reason.MARKUP, "a.csv", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'),
    "binary named txt": (Reason.UNKNOWN_TYPE, "a.txt", bytes(range(256))),
    "text with NUL": (Reason.UNKNOWN_TYPE, "a.txt", b"abc\0def"),
    "rar": (Reason.UNKNOWN_TYPE, "a.rar", b"Rar!\x1a\x07\x00"),
    "gif": (Reason.UNKNOWN_TYPE, "a.gif", b"GIF89a\x01\0\x01\0"),
    "plain zip": (Reason.UNKNOWN_TYPE, "材料.zip", files.archive({"a.txt": "x"})),
    "heic": (Reason.UNKNOWN_TYPE, "IMG.mp4", files.mp4(b"heic")),
    "webp": (Reason.UNKNOWN_TYPE, "IMG.jpg", b"RIFF\x24\0\0\0WEBPVP8 "),
    "other office kind": (
        Reason.UNKNOWN_TYPE, "图.docx", files.archive({files.TYPES: "<Types visio/>", "a.xml": "<a/>"}),
    ),
    "doc of before 2007": (Reason.OLD_OFFICE, "通知.doc", files.old_office()),
    "docx with a password": (Reason.ENCRYPTED, "通知.docx", files.old_office(encrypted=True)),
    "zip part encrypted": (Reason.ENCRYPTED, "通知.docx", files.locked(files.office())),
    "pdf with a password": (Reason.ENCRYPTED, "通知.pdf", files.pdf(b"/Encrypt 5 0 R")),
    "pdf with a script": (Reason.ACTIVE, "通知.pdf", files.pdf(body=b"<</S /JavaScript /JS (app.alert(1))>>")),
    "pdf that starts a program": (Reason.ACTIVE, "通知.pdf", files.pdf(body=b"<</S /Launch /F (cmd.exe)>>")),
    "macros in a docx": (Reason.MACROS, "通知.docx", files.office(more={"word/vbaProject.bin": b"x"})),
    "macros declared": (
        Reason.MACROS, "通知.docx",
        files.office(types='<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'),
    ),
    "docm": (
        Reason.MACROS, "通知.docm",
        files.archive({files.TYPES: "application/vnd.ms-word.document.macroEnabled.main+xml", "main.xml": "<a/>"}),
    ),
    "excel 4 macros": (Reason.MACROS, "表.xlsx", files.office("xlsx", {"xl/macrosheets/sheet1.xml": "<a/>"})),
    "active x": (Reason.ACTIVE, "通知.docx", files.office(more={"word/activeX/activeX1.bin": b"x"})),
    "program within": (Reason.EXECUTABLE, "通知.docx", files.office(more={"word/embeddings/a.exe": b"MZ"})),
    "archive within": (Reason.NESTED, "通知.docx", files.office(more={"word/embeddings/a.zip": b"PK"})),
    "document in document in document": (
        Reason.NESTED, "通知.docx",
        files.office(more={"word/embeddings/a.docx": files.office(more={"word/embeddings/b.xlsx": b"PK"})}),
    ),
    "macros within a document within": (
        Reason.MACROS, "通知.docx",
        files.office(more={"word/embeddings/a.xlsx": files.office("xlsx", {"xl/vbaProject.bin": b"x"})}),
    ),
    "zip bomb": (Reason.BOMB, "通知.docx", files.office(more={"word/media/a.xml": b"\0" * 40_000_000})),
    "parts that overlap": (Reason.BOMB, "通知.docx", files.overlapping()),
    "too many parts": (Reason.BOMB, "通知.docx", files.office(more={f"word/{n}.xml": b"" for n in range(5_001)})),
    "two parts of one name": (
        Reason.BROKEN, "通知.docx", files.office(more={"word/a.xml": b"x", "WORD/A.xml": b"y"}),
    ),
    "zip after a program": (Reason.EXECUTABLE, "通知.docx", b"MZ" + files.office()),
    "zip with something behind": (Reason.POLYGLOT, "通知.docx", files.office() + b"<html>"),
    "pdf that is a zip": (Reason.POLYGLOT, "通知.pdf", files.pdf() + files.archive({"a.js": "x"})),
    "pdf that is a page": (Reason.POLYGLOT, "通知.pdf", files.pdf(body=b"<html><script>1</script>")),
    "png with a zip behind": (Reason.POLYGLOT, "图.png", files.png() + files.archive({"a.js": "x"})),
    "png with something behind": (Reason.POLYGLOT, "图.png", files.png() + b"behind"),
    "png that is a page": (Reason.POLYGLOT, "图.png", files.png(text=b"<script>alert(1)</script>")),
    "jpeg that is a pdf": (Reason.POLYGLOT, "图.jpg", files.jpeg(comment=b"%PDF-1.4 1 0 obj")),
    "jpeg with a zip behind": (Reason.POLYGLOT, "图.jpg", files.jpeg() + files.archive({"a.js": "x"})),
    "mp4 with a zip behind": (Reason.POLYGLOT, "a.mp4", files.mp4() + files.archive({"a.js": "x"})),
    "giant png": (Reason.PIXELS, "图.png", files.png(50_000, 50_000)),
    "giant jpeg": (Reason.PIXELS, "图.jpg", files.jpeg(65_000, 10)),
    "png without a size": (Reason.BROKEN, "图.png", files.png(0, 5)),
    "formula in a table": (Reason.FORMULA, "表.csv", "单位,件数\n河西区,=cmd|'/C calc'!A0\n".encode()),
    "full-width formula": (Reason.FORMULA, "表.csv", "＝1+1,2".encode()),
    "quoted formula": (Reason.FORMULA, "表.csv", b'a,"=HYPERLINK(1)"'),
}


@pytest.mark.parametrize("case", BAD)
def test_R09_a_bad_file_is_refused_for_its_own_reason(tmp_path: Path, case: str) -> None:
    reason, name, data = BAD[case]
    refusal = refused(tmp_path, data, name)
    assert refusal.reason is reason, refusal.detail_zh
    assert PROBLEMS[refusal.problem].status in {413, 415, 422}
    assert refusal.extra["reason"] == reason


@pytest.mark.parametrize(("name", "data"), [("a.gif", b"GIF89a"), ("IMG_1.heic", files.mp4(b"heic"))])
def test_R09_a_picture_that_is_not_taken_is_told_what_to_make_of_it(tmp_path: Path, name: str, data: bytes) -> None:
    assert "另存为 jpg 或 png" in refused(tmp_path, data, name).detail_zh


def test_R09_a_small_file_that_packs_well_is_no_bomb(tmp_path: Path) -> None:
    data = files.office("xlsx", {EXCEL: b"<c/>" * 2_000_000})
    assert looked_at(tmp_path, data, "表.xlsx") is MediaType.XLSX


def test_R09_the_size_a_directory_states_is_not_believed(tmp_path: Path) -> None:
    inner = files.office("xlsx")
    data = files.office(more={"word/embeddings/a.xlsx": inner})
    stated = len(inner).to_bytes(4, "little")
    at = data.rindex(stated, 0, data.rindex(b"PK\x05\x06"))
    lied = data[:at] + (len(inner) - 30).to_bytes(4, "little") + data[at + 4 :]
    assert refused(tmp_path, lied, "通知.docx").reason is Reason.BROKEN
