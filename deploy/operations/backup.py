"""A backup of a whole installation in one file, made while it works on.

In it: every database at one cut (`deploy.operations.cut`), files, keys, and the newest checkpoint of each database.
Not in it: the bus. What was under way there stands in somebody's outbox and is sent again at restore.
"""

from __future__ import annotations

import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import psycopg

from deploy.operations.cut import snapshots
from deploy.operations.dumps import dump_database
from deploy.operations.evidence import newest_checkpoint
from deploy.operations.installation import Installation, OperationFailed
from deploy.operations.manifest import NAME, Manifest, member_of, product_version
from deploy.seeding import FINISHED, UNFINISHED
from gateway.attachments.storage import UNFINISHED as PART
from kernel.clock import SystemClock

MARKS = (FINISHED, UNFINISHED, "demo.json", "clock")
"""Small files of a city's folder that say what it is."""
NOTE = "last-backup.json"
"""Beside the city: when the last backup was made and where it went; `chengbao doctor` reads it."""

Tell = Callable[[str, int, int], None]
"""Told of progress: step, done, total."""


@dataclass(frozen=True)
class Source:
    """A file on disk and its name in the backup."""

    path: Path
    name: str


def make_backup(installation: Installation, file: Path, tell: Tell) -> Manifest:
    """Write the backup to `file`, readable by us alone: it holds the private keys. Raises `OperationFailed`.

    The installation works on; acts that arrive by event or command wait for some milliseconds.
    """
    if file.exists():
        raise OperationFailed(f"{file} 已存在。", "请换一个文件名；备份从不覆盖旧备份。")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".chengbao-backup-", dir=file.parent) as folder:
            sources = [
                *_checkpoints(installation, Path(folder)),  # before the cut, so that the databases reach up to them
                *_databases(installation, Path(folder), tell),
                *_files(installation),
            ]
            manifest = _manifest(installation, sources, tell)
            _write(Path(folder) / "backup.tar", file, manifest, sources, tell)
    except OSError as error:
        raise OperationFailed(f"无法写入备份：{error}。", "请检查目标目录的权限和剩余空间。") from error
    _note(installation, file, manifest)
    return manifest


def note_file(installation: Installation) -> Path | None:
    """Where the last backup is noted; None where the installation has no folder of its own."""
    return installation.root / NOTE if installation.root else None


def _checkpoints(installation: Installation, folder: Path) -> Iterator[Source]:
    for owner in installation.owners:
        document = newest_checkpoint(installation, owner)
        if document is not None:
            path = folder / f"{owner}.json"
            path.write_text(json.dumps(document))
            yield Source(path, f"checkpoints/{owner}.json")


def _databases(installation: Installation, folder: Path, tell: Tell) -> Iterator[Source]:
    urls = {owner: installation.database_url(owner) for owner in installation.owners}
    with snapshots(urls) as taken:
        for done, (owner, url) in enumerate(urls.items()):
            tell("数据库 databases", done, len(urls))
            path = folder / f"{owner}.dump"
            dump_database(url, taken[owner], path)
            yield Source(path, f"databases/{owner}.dump")
    tell("数据库 databases", len(urls), len(urls))


def _files(installation: Installation) -> Iterator[Source]:
    """Keys, files and marks; files newer than the cut do no harm, the databases do not name them."""
    for owner in installation.owners:
        for kind, folder in (("keys", installation.keys(owner)), ("files", installation.files(owner))):
            for path in sorted(folder.rglob("*")):
                if path.is_file() and path.suffix != PART:  # still coming in
                    yield Source(path, f"{kind}/{owner}/{path.relative_to(folder)}")
    if installation.root is not None:
        for name in MARKS:
            if (installation.root / name).is_file():
                yield Source(installation.root / name, f"marks/{name}")


def _manifest(installation: Installation, sources: list[Source], tell: Tell) -> Manifest:
    members = []
    for done, source in enumerate(sources, 1):
        members.append(member_of(source.path, source.name))
        tell("校验和 checksums", done, len(sources))
    revisions = {owner: schema_heads(installation.database_url(owner)) for owner in installation.owners}
    with psycopg.connect(installation.database_url("gateway")) as gateway:
        newest = gateway.execute("SELECT number FROM receipts ORDER BY received_at DESC LIMIT 1").fetchone()
        return Manifest(
            product=product_version(),
            made_at=SystemClock().now().isoformat(timespec="seconds"),
            city_time=installation.clock.now().isoformat(timespec="seconds"),
            mode=installation.mode,
            postgres=gateway.info.parameter_status("server_version") or "",
            revisions=revisions,
            newest_receipt=newest[0] if newest else None,
            members=members,
        )


def schema_heads(url: str) -> list[str]:
    """Revisions a database stands at."""
    with psycopg.connect(url) as connection:
        return sorted(row[0] for row in connection.execute("SELECT version_num FROM alembic_version"))


def _write(fresh: Path, file: Path, manifest: Manifest, sources: list[Source], tell: Tell) -> None:
    """All or nothing: the file has its name once it is whole and on the disk."""
    fresh.touch(mode=0o600)
    with fresh.open("r+b") as output:
        with tarfile.open(fileobj=output, mode="w", format=tarfile.PAX_FORMAT) as archive:
            _add_text(archive, NAME, manifest.model_dump_json(indent=1))
            for done, source in enumerate(sources, 1):
                archive.add(source.path, source.name, recursive=False, filter=_plain)
                tell("写入 writing", done, len(sources))
        output.flush()
        os.fsync(output.fileno())
    fresh.replace(file)


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(text.encode())
    entry.mode = 0o600
    archive.addfile(entry, BytesIO(text.encode()))


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Nobody's name or rights of this machine."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


def _note(installation: Installation, file: Path, manifest: Manifest) -> None:
    note = note_file(installation)
    if note is not None:
        note.write_text(json.dumps({"file": str(file.absolute()), "made_at": manifest.made_at}) + "\n")
