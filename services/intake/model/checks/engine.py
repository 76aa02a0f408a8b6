"""The writing check: all rules over one text. It warns; nothing here refuses anything (R10)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from itertools import islice

from contracts.rpc.checks import CheckedField, CheckText, Finding, Findings
from services.intake.model.checks.rule import Directory, Rule
from services.intake.model.checks.rules import WritingRules
from services.intake.model.checks.written import Found, Written

AT_MOST = 20
"""Findings of one rule that are told; whoever sees so many looks at the whole text anyway."""


def check(
    content: CheckText, unit: str, directory: Directory, day: date, rules: WritingRules, muted: Collection[str] = ()
) -> Findings:
    """What the rules find in a text that `unit` writes on `day` (in Shanghai); those of `muted` rules are counted only.

    The same text gives the same findings; the time grows with the text's length. Blocks no other process.
    """
    written = Written(content.title, content.body, content.kind, content.occurred_at, content.place, unit, day)
    told: list[Finding] = []
    counted = 0
    for rule in rules.rules:
        if not rule.looks_at(content.kind):
            continue
        found = list(islice(rule.find(written, directory), AT_MOST))
        if rule.id in muted:
            counted += len(found)
        else:
            told += [_finding(rule, each, written) for each in found]
    told.sort(key=lambda each: (each.field is CheckedField.BODY, each.start, each.end))
    return Findings(items=told, muted=counted)


def _finding(rule: Rule, found: Found, written: Written) -> Finding:
    text = written.title if found.field is CheckedField.TITLE else written.body
    return Finding(
        rule=rule.id,
        title_zh=rule.title,
        title_en=rule.title_en,
        gravity=rule.gravity,
        field=found.field,
        start=found.start,
        end=found.end,
        words=text[found.start : found.end],
        why_zh=found.zh + rule.why,
        why_en=f"{found.en} {rule.why_en}".strip(),
        suggestion=found.suggestion,
    )
