"""Rule files: YAML text to a rulebook, every mistake named by line and field."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from services.scoring.model.rulebook import Rulebook

MAX_DEPTH = 8

MESSAGES_ZH = {
    "missing": "缺少此项",
    "extra_forbidden": "不认识的字段",
    "enum": "取值不在允许范围内，可用：{expected}",
    "literal_error": "取值不在允许范围内，可用：{expected}",
    "decimal_parsing": "应为数字",
    "decimal_type": "应为数字",
    "decimal_max_places": "小数最多 {decimal_places} 位",
    "decimal_max_digits": "数字过大，最多 {max_digits} 位",
    "decimal_whole_digits": "数字过大",
    "finite_number": "应为有限的数字",
    "greater_than_equal": "不得小于 {ge}",
    "less_than_equal": "不得大于 {le}（扣分应写负数）",
    "less_than": "应小于 {lt}",
    "date_from_datetime_parsing": "应为日期，例如 2026-01-01",
    "date_parsing": "应为日期，例如 2026-01-01",
    "bool_parsing": "应为 true 或 false",
    "string_type": "应为文字",
    "string_too_short": "不能为空",
    "string_too_long": "最多 {max_length} 个字符",
    "string_pattern_mismatch": "不得含空格",
    "list_type": "应为列表（以 - 开头的各行）",
    "too_long": "最多 {max_length} 行",
    "model_type": "应为“字段: 值”的形式",
    "model_attributes_type": "应为“字段: 值”的形式",
}


@dataclass(frozen=True)
class Mistake:
    """One thing to correct in a rule file; `line` counts from 1, `field` reads like `adoption[2].points`."""

    line: int
    field: str
    zh: str
    en: str


class WrongRuleFile(Exception):
    """The rule file cannot be used; `mistakes` names every place to correct."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = mistakes
        super().__init__("; ".join(f"line {one.line}, {one.field}: {one.en}" for one in mistakes))

    @property
    def zh(self) -> str:
        return "；".join(f"第{one.line}行 {one.field}：{one.zh}" for one in self.mistakes)


@lru_cache(maxsize=64)
def read_rules(text: str) -> Rulebook:
    """The rulebook a rule file states. Raises `WrongRuleFile` naming all mistakes at once."""
    tree = _compose(text)
    plain = _plain(tree, 0)
    try:
        return Rulebook.model_validate(plain)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        raise WrongRuleFile([_mistake(tree, problem) for problem in problems]) from error


def hash_of(text: str) -> str:
    """`sha256:` and the hex digest of the file's text."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _compose(text: str) -> yaml.Node:
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise WrongRuleFile([Mistake(1, "文件", "不支持锚点和别名（& *）", "anchors and aliases are not used")])
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or type(error).__name__
        line = mark.line + 1 if mark else 1
        raise WrongRuleFile([Mistake(line, "文件", f"不是合法的 YAML：{reason}", f"not YAML: {reason}")]) from error
    if not isinstance(tree, yaml.MappingNode):
        raise WrongRuleFile([Mistake(1, "文件", "应由“字段: 值”的各行组成", "the file is not a table of fields")])
    return tree


def _plain(node: yaml.Node, depth: int) -> Any:
    """Data with every scalar as its text: numbers must reach `Decimal` as written, never as binary floats."""
    if depth > MAX_DEPTH:
        raise WrongRuleFile([_at(node, "文件", "嵌套过深", "nested too deeply")])
    if isinstance(node, yaml.MappingNode):
        return _table(node, depth)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, depth + 1) for child in node.value]
    return None if node.tag == "tag:yaml.org,2002:null" else node.value


def _table(node: yaml.MappingNode, depth: int) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise WrongRuleFile([_at(key, "文件", "字段名应为文字", "a field's name is a word")])
        if key.value in table:
            raise WrongRuleFile([_at(key, key.value, "同一字段写了两次", "the field stands twice")])
        table[key.value] = _plain(value, depth + 1)
    return table


def _at(node: yaml.Node, field: str, zh: str, en: str) -> Mistake:
    return Mistake(node.start_mark.line + 1, field, zh, en)


def _mistake(tree: yaml.Node, problem: ErrorDetails) -> Mistake:
    where = problem["loc"]
    context = problem.get("ctx", {})
    zh = MESSAGES_ZH.get(problem["type"], problem["msg"]).format_map(context)
    en = problem["msg"]
    if problem["type"] == "value_error":
        zh = en = en.removeprefix("Value error, ")
        zh = _in_chinese(str(context["error"]))
    return Mistake(_line(tree, where), _field(where), zh, en)


def _in_chinese(message: str) -> str:
    what, _, detail = message.partition(": ")
    if what == "two lines score the same thing":
        return f"两行规则针对同一情形：{detail}"
    first, _, rest = detail.partition(" and ")
    second = rest.partition(" would score")[0]
    return f"“{first}”与“{second}”会同时适用于同一情形且不分主次，请补充一行同时写明两者条件的规则"


def _line(tree: yaml.Node, where: tuple[int | str, ...]) -> int:
    """Line of the deepest part of `where` that stands in the file."""
    node, line = tree, tree.start_mark.line + 1
    for part in where:
        found = _child(node, part)
        if found is None:
            break
        node, line = found
    return line


def _child(node: yaml.Node, part: int | str) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        child = node.value[part]
        return child, child.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return value, key.start_mark.line + 1
    return None


def _field(where: tuple[int | str, ...]) -> str:
    text = ""
    for part in where:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "文件"
