"""R05: what a step must tell is dated data; a wrong file is named by file, place and problem."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.rpc.content import Figures, Incident
from contracts.vocabulary import Element, Kind, ReportField
from kernel.rule_files import WrongRules, read_rules
from services.intake.model.chain_contents import RULES_PATH, ChainContents, chain_contents, missing_in, told_by
from tests.factories.intake import OCCURRED

RULE = {
    "rule": "某规定", "valid_from": "2020-05-01", "first": ["place"], "follow_up": ["change"], "final": ["summary"],
    "chain": ["cause"], "source": "第三条",
}  # fmt: skip


def test_R05_a_first_report_tells_what_the_notice_and_the_rules_in_force_want() -> None:
    missing = missing_in(Kind.URGENT_FIRST, OCCURRED, "某路", None, OCCURRED)
    assert [each.label for each in missing] == [
        "信息来源", "事件性质", "影响范围", "伤亡和损失", "发展趋势", "到场领导", "已采取措施", "意见或请求",
        "联系人及电话",
    ]  # fmt: skip


def test_R05_figures_count_as_told_when_any_is_stated_even_none() -> None:
    assert ReportField.FIGURES in told_by(None, None, Incident(figures=Figures(dead=0)))
    assert told_by(None, " ", Incident(figures=Figures())) == frozenset()


def test_R05_what_is_no_step_of_a_chain_misses_nothing() -> None:
    assert missing_in(Kind.DEVELOPMENT, None, None, None, OCCURRED) == []


def test_R05_before_the_first_rule_nothing_is_wanted() -> None:
    assert missing_in(Kind.URGENT_FIRST, None, None, None, datetime(2008, 10, 23, 15, 59, tzinfo=UTC)) == []


def test_R05_a_newer_rule_applies_from_its_day() -> None:
    rules = ChainContents.model_validate({"rules": [RULE | {"valid_from": "2008-10-24"}, RULE | {"first": ["source"]}]})
    before, after = datetime(2020, 4, 30, 15, 59, tzinfo=UTC), datetime(2020, 4, 30, 16, 0, tzinfo=UTC)
    assert rules.wanted(Kind.URGENT_FIRST, before) == (ReportField.PLACE,)
    assert rules.wanted(Kind.URGENT_FIRST, after) == (Element.SOURCE,)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"first": ["wether"]}, "rules.0.first.0"),
        ({"final": []}, "rules.0.final"),
        ({"chain": ["cause", "cause"]}, "each is named once"),
        ({"vaild_from": "2020-05-01"}, "rules.0.vaild_from"),
    ],
)
def test_R05_a_wrong_file_is_refused_with_file_place_and_problem(
    tmp_path: Path, change: dict[str, Any], named: str
) -> None:
    path = tmp_path / "chain-contents.yaml"
    path.write_text(yaml.safe_dump({"rules": [RULE | change]}))
    with pytest.raises(WrongRules) as refused:
        read_rules(path, ChainContents)
    assert str(path) in str(refused.value)
    assert named in str(refused.value)


def test_R05_a_file_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("rules: [")
    with pytest.raises(WrongRules, match="not readable as YAML"):
        read_rules(path, ChainContents)


def test_R05_the_file_of_this_installation_is_in_order() -> None:
    assert chain_contents() == read_rules(RULES_PATH, ChainContents)
