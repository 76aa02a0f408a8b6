"""LibreOffice as the reader of our DOCX files, with the free fonts in place of the official ones."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pylopdf_fonts_zh_cn as noto

from kernel.papers.fonts import FREE_FONTS

STAND_INS = {
    "方正小标宋简体": "FandolSong",
    "仿宋_GB2312": "FandolFang R",
    "楷体_GB2312": "FandolKai",
    "黑体": "Noto Sans SC",
    "宋体": "Noto Serif SC",
}


def printed(papers: Mapping[str, bytes], folder: Path) -> dict[str, bytes]:
    """Each DOCX as the PDF that LibreOffice makes of it; one start for all, some seconds."""
    for name, content in papers.items():
        (folder / f"{name}.docx").write_bytes(content)
    subprocess.run(
        [
            "soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "pdf",
            "--outdir", str(folder), *(str(folder / f"{name}.docx") for name in papers),
        ],
        check=True, capture_output=True, timeout=120, env=os.environ | {"FONTCONFIG_FILE": _fonts(folder)},
    )  # fmt: skip
    return {name: (folder / f"{name}.pdf").read_bytes() for name in papers}


def _fonts(folder: Path) -> str:
    """A fontconfig file that knows our fonts and no others."""
    folders = "".join(f"<dir>{one}</dir>" for one in (FREE_FONTS, noto.sans_path().parent))
    aliases = "".join(
        f'<match target="pattern"><test name="family"><string>{official}</string></test>'
        f'<edit name="family" mode="assign" binding="strong"><string>{free}</string></edit></match>'
        for official, free in STAND_INS.items()
    )
    path = folder / "fonts.conf"
    cache = f"<cachedir>{folder / 'fontcache'}</cachedir>"
    path.write_text(f'<?xml version="1.0"?><fontconfig>{folders}{cache}{aliases}</fontconfig>', encoding="utf-8")
    return str(path)
