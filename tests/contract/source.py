"""The product's source files, parsed once, for the rules of the house."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("contracts", "kernel", "services", "gateway", "clients", "deploy")


@dataclass(frozen=True)
class Source:
    """One file: its path from the repository's root, its text and syntax tree."""

    path: str
    text: str
    tree: ast.Module

    def calls(self) -> Iterator[tuple[str, int]]:
        """Dotted name and line of every call."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func), node.lineno

    def attributes(self) -> Iterator[tuple[str, int]]:
        """Dotted name and line of every attribute that is read, called or not."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute):
                yield ast.unparse(node), node.lineno

    def imports(self) -> Iterator[tuple[str, int]]:
        """Full name and line of everything imported."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """All Python files below `folders`."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(read(path.read_text(), str(path.relative_to(ROOT))) for path in paths)


def read(text: str, path: str = "example.py") -> Source:
    """A source from its text."""
    return Source(path, text, ast.parse(text))
