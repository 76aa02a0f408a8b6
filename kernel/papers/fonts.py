"""The fonts papers are set in: the operator's own first, then those in `fonts/`, then Noto SC from its package.

Official documents want Xiaobiaosong, Fangsong, Heiti and Kaiti, which are not free. A *face* is a role of such a font
with the families that may play it, best first; each ends with a Noto family, which has the rare characters of names
(喆 堃 镕 昇 䶮) that the free Fandol fonts lack.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn as noto
import typst

FREE_FONTS = Path(__file__).parents[2] / "fonts"

FACES: dict[str, tuple[str, ...]] = {
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "FandolSong", "Noto Serif SC"),
    "body": ("FangSong_GB2312", "FangSong", "仿宋_GB2312", "仿宋", "FandolFang R", "Noto Serif SC"),
    "heading": ("SimHei", "黑体", "Noto Sans SC", "Noto Serif SC"),
    "kai": ("KaiTi_GB2312", "KaiTi", "楷体_GB2312", "楷体", "FandolKai", "Noto Serif SC"),
    "table": ("SimSun", "宋体", "Noto Serif SC"),
}


@lru_cache(maxsize=4)
def library(font_dir: Path | None) -> typst.Fonts:
    """All fonts of this installation, read once. Raises `FileNotFoundError` when `font_dir` is no folder."""
    if font_dir is not None and not font_dir.is_dir():
        raise FileNotFoundError(f"CHENGBAO_FONT_DIR={font_dir} is not a folder; create it or unset the variable")
    folders = [font_dir, FREE_FONTS, noto.sans_path().parent]
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in folders if folder is not None],
    )


@lru_cache(maxsize=4)
def faces(font_dir: Path | None) -> dict[str, tuple[str, ...]]:
    """For every face the families that are installed, best first; never empty."""
    installed = {family.lower() for family in library(font_dir).families()}
    return {face: tuple(one for one in wanted if one.lower() in installed) for face, wanted in FACES.items()}
