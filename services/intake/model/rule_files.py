"""Where intake's files of dated rules are."""

from __future__ import annotations

from pathlib import Path

RULES = Path(__file__).parents[1] / "rules"
