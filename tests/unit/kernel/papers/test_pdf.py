from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path

import pylopdf_fonts_zh_cn as noto
import pytest
from pypdf import PdfReader

from kernel.papers.fonts import FREE_FONTS, faces
from kernel.papers.pdf import PaperDefect, render

CREATED = datetime(2026, 12, 5, 1, 30, tzinfo=UTC)
TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: "通报")
#set text(font: json(bytes(sys.inputs.faces)).body, lang: "zh", region: "cn")
#data.text
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "paper.typ"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def text_of(paper: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)


def test_R23_same_data_same_bytes(template: Path) -> None:
    assert render(template, {"text": "通报"}, created_at=CREATED) == render(
        template, {"text": "通报"}, created_at=CREATED
    )


def test_R23_creation_date_comes_from_the_data(template: Path) -> None:
    reader = PdfReader(io.BytesIO(render(template, {"text": "通报"}, created_at=CREATED)))

    assert reader.metadata is not None
    assert reader.metadata.creation_date == CREATED


@pytest.mark.parametrize("text", ["#panic()", "*粗* $x$ `码`", '#read("/etc/passwd")', "<标签> @引用 \\ //注"])
def test_R23_text_of_users_is_never_source(template: Path, text: str) -> None:
    printed = text_of(render(template, {"text": text}, created_at=CREATED))

    assert printed.replace(" ", "").replace("\n", "") == text.replace(" ", "")


def test_R23_rare_characters_of_names_are_printed(template: Path) -> None:
    assert "喆堃镕昇䶮" in text_of(render(template, {"text": "喆堃镕昇䶮"}, created_at=CREATED))


def test_R23_an_unknown_font_is_a_defect_not_a_substitute(tmp_path: Path) -> None:
    path = tmp_path / "paper.typ"
    path.write_text('#set text(font: "No Such Font")\n通报', encoding="utf-8")

    with pytest.raises(PaperDefect, match="unknown font family"):
        render(path, {}, created_at=CREATED)


def test_R23_a_template_that_does_not_compile_is_a_defect(tmp_path: Path) -> None:
    path = tmp_path / "paper.typ"
    path.write_text("#nothing-of-that-name", encoding="utf-8")

    with pytest.raises(PaperDefect, match="unknown variable"):
        render(path, {}, created_at=CREATED)


def test_R23_every_face_has_an_installed_family() -> None:
    assert all(families[-1].startswith("Noto") for families in faces(None).values())


def test_R23_the_operators_own_fonts_come_first(tmp_path: Path) -> None:
    (tmp_path / "official.otf").write_bytes(_renamed(noto.serif_path().read_bytes()))

    assert faces(tmp_path)["body"][0] == "FangSong"


def test_R23_a_font_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="CHENGBAO_FONT_DIR"):
        faces(tmp_path / "absent")


@pytest.mark.parametrize(
    "path", [noto.sans_path(), noto.serif_path(), *sorted(FREE_FONTS.glob("*.?tf"))], ids=lambda path: path.name
)
def test_fonts_readme_states_the_checksum_of_every_font(path: Path) -> None:
    assert hashlib.sha256(path.read_bytes()).hexdigest() in (FREE_FONTS / "README.md").read_text(encoding="utf-8")


def _renamed(font: bytes) -> bytes:
    """The same font under the family name FangSong, as an operator's own font would be."""
    changed = font
    for encoding in ("utf-16-be", "ascii"):
        changed = changed.replace("Noto Serif SC".encode(encoding), "FangSong     ".encode(encoding))
    return changed
