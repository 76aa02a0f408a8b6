"""The few rules of the house that no linter knows. Each is tried on a breach too, so that it cannot go blind."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

import pytest

from tests.contract.source import PRODUCT, Source, read, sources

CLOCK_CALLS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.localtime")
WALL_CLOCK_READERS = {
    "kernel/clock.py": "is the clock",
    "gateway/rates.py": "the limiter's windows are of the machine's clock, demo or not",
}
SHAPELESS = frozenset({"utils", "util", "helpers", "helper", "manager", "managers", "constants", "common", "misc"})
"""Names under which everything and nothing is found (style.md)."""
INIT_WITH_LOGIC = {"kernel/bus/__init__.py": "makes the scheme pgbus:// known to kombu wherever the bus is imported"}
LONGEST_FILE = 400

Rule = Callable[[Source], Iterable[str]]


def reads_the_wall_clock(source: Source) -> Iterator[str]:
    """All code takes the time from a Clock handed in."""
    if source.path not in WALL_CLOCK_READERS:
        for name, line in source.attributes():
            if name.endswith(CLOCK_CALLS) and name.split(".")[-2:] in [call.split(".") for call in CLOCK_CALLS]:
                yield f"{source.path}:{line} reads the wall clock ({name}); take the time from a Clock"


def commits(source: Source) -> Iterator[str]:
    """One act, one transaction: the kernel alone ends it."""
    if not source.path.startswith("kernel/"):
        for name, line in source.calls():
            if name.endswith(".commit"):
                yield f"{source.path}:{line} commits; use Database.work"


def takes_namekos_event_handler(source: Source) -> Iterator[str]:
    """nameko's own acknowledges a message whose handler raised."""
    for name, line in source.imports():
        if name.startswith("nameko.events") or name.endswith(".event_handler"):
            yield f"{source.path}:{line} imports {name}; use kernel.service.consumes"


def has_a_shapeless_name(source: Source) -> Iterator[str]:
    """A stranger should name the file from the tree alone."""
    parts = source.path.removesuffix(".py").split("/")
    if SHAPELESS.intersection(parts):
        yield f"{source.path} is named after nothing; name it by its subject"


def has_logic_in_init(source: Source) -> Iterator[str]:
    """A docstring, imports and `__all__` at the most."""
    if not source.path.endswith("__init__.py") or source.path in INIT_WITH_LOGIC:
        return
    for node in source.tree.body:
        if not isinstance(node, ast.Import | ast.ImportFrom) and not _is_docstring(node) and not _is_all(node):
            yield f"{source.path}:{node.lineno} holds logic; give it a file of its own"


def is_too_long(source: Source) -> Iterator[str]:
    """Small because it says one thing."""
    length = source.text.count("\n")
    if length > LONGEST_FILE:
        yield f"{source.path} has {length} lines; split it by subject ({LONGEST_FILE} at most)"


def patches(source: Source) -> Iterator[str]:
    """Fakes over patches."""
    for name, line in source.imports():
        if name.startswith(("unittest.mock", "mock")):
            yield f"{source.path}:{line} imports {name}; hand in a fake or use the real thing"


def leaves_tests_out(source: Source) -> Iterator[str]:
    """A test that does not run shows nothing."""
    for name, line in source.attributes():
        if name in ("pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail", "pytest.skip", "pytest.xfail"):
            yield f"{source.path}:{line} uses {name}; a test runs or is deleted"


PRODUCT_RULES: tuple[tuple[Rule, str], ...] = (
    (reads_the_wall_clock, "from datetime import datetime\nx = datetime.now()"),
    (reads_the_wall_clock, "import datetime\nx = datetime.datetime.now(datetime.UTC)"),
    (reads_the_wall_clock, "import time\nx = time.time()"),
    (commits, "session.commit()"),
    (takes_namekos_event_handler, "from nameko.events import event_handler"),
    (has_a_shapeless_name, "services/review/utils.py"),
    (has_logic_in_init, "services/review/__init__.py"),
    (is_too_long, "x = 1\n" * 401),
)
TEST_RULES: tuple[tuple[Rule, str], ...] = (
    (patches, "from unittest.mock import patch"),
    (leaves_tests_out, "@pytest.mark.skip\ndef test_it(): ..."),
)
BOTH = PRODUCT_RULES + TEST_RULES


@pytest.mark.parametrize("rule", dict.fromkeys(rule for rule, _ in PRODUCT_RULES), ids=lambda rule: rule.__name__)
def test_no_product_file(rule: Rule) -> None:
    assert [breach for source in sources(*PRODUCT) for breach in rule(source)] == []


@pytest.mark.parametrize("rule", [patches, leaves_tests_out, has_a_shapeless_name], ids=lambda rule: rule.__name__)
def test_no_test_file(rule: Rule) -> None:
    assert [breach for source in sources("tests") for breach in rule(source)] == []


@pytest.mark.parametrize(("rule", "example"), BOTH, ids=[f"{rule.__name__}-{n}" for n, (rule, _) in enumerate(BOTH)])
def test_a_breach_is_found(rule: Rule, example: str) -> None:
    broken = read("x = 1", example) if example.endswith(".py") else read(example)
    assert list(rule(broken))


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_all(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
