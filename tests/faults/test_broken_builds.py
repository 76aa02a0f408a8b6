"""A fault test counts only if a build broken on purpose fails it: each defect of `broken/`, in a copy of the tree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.layout import ROOT
from tests.faults.broken.mutations import MUTATIONS, Mutation
from tests.faults.replayed import LONG

COPIED = ("contracts", "kernel", "services", "gateway", "clients", "deploy", "tests", "fonts", "examples")
TRIED = [mutation for mutation in MUTATIONS if LONG or mutation.short]
TESTS_FAILED = 1
"""pytest's exit status; 2 to 5 mean that no test was run."""
CLAIM_BROKEN = re.compile(r"^FAILED .* - (assert |AssertionError|Failed: ).*", re.MULTILINE)
"""How pytest tells that a claim did not hold. A build that merely crashes would be noticed by any test."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The tree without what was built or kept."""
    root = tmp_path_factory.mktemp("broken", numbered=True) / "tree"
    root.mkdir()
    shutil.copy(ROOT / "pyproject.toml", root)
    for name in COPIED:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "vendor"))
    yield root
    shutil.rmtree(root)


def _run(root: Path, test: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "-p", "no:cacheprovider", test]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["COLUMNS"] = "300"  # room for what was claimed, behind the name of the test
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_defect_can_still_be_put_in(mutation: Mutation) -> None:
    assert (ROOT / mutation.path).read_text(encoding="utf-8").count(mutation.old) == 1


@pytest.mark.parametrize("mutation", TRIED, ids=lambda mutation: mutation.name)
def test_a_broken_build_is_caught(copy: Path, mutation: Mutation) -> None:
    broken = copy / mutation.path
    whole = broken.read_text(encoding="utf-8")
    broken.write_text(whole.replace(mutation.old, mutation.new), encoding="utf-8")
    try:
        run = _run(copy, mutation.caught_by)
    finally:
        broken.write_text(whole, encoding="utf-8")
    assert run.returncode == TESTS_FAILED, run.stdout[-3000:]
    assert "1 failed" in run.stdout, run.stdout[-3000:]
    caught = CLAIM_BROKEN.search(run.stdout)
    assert caught, run.stdout[-3000:]
    print(caught[0])
