"""Programs of others that we carry: each is exactly what was published, with its licence beside it."""

from __future__ import annotations

import hashlib

import pytest

from tests.contract.source import ROOT

SUMS = sorted(ROOT.glob("*/**/vendor/SHA256SUMS"))
LINES = [(sums.parent, *line.split()) for sums in SUMS for line in sums.read_text().splitlines()]


def test_there_are_vendored_files() -> None:
    folders = {folder.relative_to(ROOT).as_posix() for folder, _, _ in LINES}
    assert folders == {"gateway/static/vendor", "tests/browser/vendor"}


@pytest.mark.parametrize(("folder", "digest", "name"), LINES, ids=lambda value: str(value)[-24:])
def test_a_vendored_file_is_the_published_one(folder: object, digest: str, name: str) -> None:
    path = ROOT / str(folder) / name
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    assert path.with_name(name.replace(".min.js", ".LICENSE")).exists()


def test_every_vendored_program_has_its_checksum() -> None:
    programs = {path for sums in SUMS for path in sums.parent.glob("*.js")}
    assert programs == {folder / name for folder, _, name in LINES}
