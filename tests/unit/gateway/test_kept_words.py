"""A refused act loses no words: what was typed into any form stands readable on the page that says why."""

from __future__ import annotations

import re
from pathlib import Path

from gateway.console.kept_words import LABELS

TEMPLATES = Path(__file__).parents[3] / "gateway/templates/console"
FORM = re.compile(r"<form[^>]*method=\"post\".*?</form>|{% call form_start.*?{% endcall %}", re.DOTALL)
FIELD = re.compile(r"<(textarea|input)\b[^>]*>")
NOT_TYPED = {"hidden", "checkbox", "radio", "file", "password"}
SAYS_NOTHING = {"original_body"}
"""The report's own text, beside the edit copy."""


def _typed_into() -> set[str]:
    names = set()
    for template in TEMPLATES.glob("*.html"):
        for form in FORM.findall(template.read_text(encoding="utf-8")):
            for field in FIELD.finditer(form):
                kind = re.search(r'type="(\w[\w-]*)"', field[0])
                name = re.search(r'name="([^"{]+)', field[0])
                if name and (kind[1] if kind else "") not in NOT_TYPED:
                    names.add(name[1].rstrip("0123456789"))
    return names - SAYS_NOTHING


def test_every_field_that_is_typed_into_is_shown_again_after_a_refusal() -> None:
    found = _typed_into()
    assert {"progress", "facts", "grounds", "words", "wanted_due_at", "remarks"} <= found  # the search sees something
    assert found - LABELS.keys() == set()
