"""R08: kinds of report have parts; what a text lacks is told, and nothing is refused for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.vocabulary import URGENT_KINDS, Kind
from kernel.rule_files import WrongRules
from services.intake.model.report_structures import (
    missing_parts,
    report_structures,
    structures_of,
    use_report_structures,
)


def headings(kind: Kind, body: str) -> list[str]:
    return [part.heading for part in missing_parts(kind, body)]


def test_R08_a_research_report_has_situation_analysis_forecast_and_advice() -> None:
    (structure,) = structures_of(Kind.RESEARCH)
    assert structure.shown().outline == "一、基本情况\n\n二、原因分析\n\n三、趋势预测\n\n四、对策建议"
    assert [part.required for part in structure.parts] == [True, True, False, True]


@pytest.mark.parametrize("kind", [structure.kind for structure in report_structures().structures])
def test_R08_an_outline_alone_tells_nothing(kind: Kind) -> None:
    (structure,) = structures_of(kind)
    assert headings(kind, structure.shown().outline) == [part.heading for part in structure.parts]


def test_R08_a_filled_section_or_a_sentence_tells_its_part() -> None:
    body = "一、基本情况\n近期居民反映较多。\n二、存在问题\n\n三、意见建议\n希望尽快修缮。"
    assert headings(Kind.PUBLIC_OPINION, body) == ["存在问题"]
    assert headings(Kind.PUBLIC_OPINION, "近日群众反映停车困难，建议增设车位。") == []


@given(st.sampled_from(Kind), st.text(st.sampled_from("一二、问题建议。\n "), max_size=30))
def test_R08_what_is_missing_is_among_the_parts_and_more_text_never_lacks_more(kind: Kind, body: str) -> None:
    structure = report_structures().of(kind)
    parts = [part.heading for part in structure.parts] if structure else []
    missing = headings(kind, body)
    assert set(missing) <= set(parts)
    assert set(headings(kind, f"{body}\n此外无其他。")) <= set(missing)


def test_R08_urgent_reports_have_elements_and_no_outline() -> None:
    assert not URGENT_KINDS & {structure.kind for structure in report_structures().structures}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("structures: [{kind: urgent_first, parts: [{heading: 甲, required: true}]}]", "elements"),
        ("structures: [{kind: research, parts: [&one {heading: 甲, required: true}, *one]}]", "stands once"),
        ("structures: [{kind: research, parts: []}]", "parts"),
        ("structures: [{kind: essay, parts: [{heading: 甲, required: true}]}]", "kind"),
    ],
)
def test_R08_a_wrong_file_of_structures_ends_the_start(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "structures.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        with pytest.raises(WrongRules, match=what):
            use_report_structures(path)
    finally:
        use_report_structures(None)
