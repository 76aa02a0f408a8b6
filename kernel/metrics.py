"""Figures read from the truth: computed from the database when scraped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

Rows = Iterable[tuple[tuple[str, ...], float]]


@dataclass(frozen=True)
class Figure:
    """One business figure: `read` gives a value for each combination of label values.

    `help` says in a sentence what it means; the operators' table of metrics is made from it.
    """

    name: str
    help: str
    labels: tuple[str, ...]
    read: Callable[[Session, datetime], Rows]
    kind: Literal["gauge", "counter"] = "gauge"
