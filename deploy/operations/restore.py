"""A fresh city from a backup: everything checked before anything is used, evidence verified at the end."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg
from alembic.script import ScriptDirectory
from pydantic import ValidationError

from contracts import topology as contract
from deploy.city import City
from deploy.layout import KEY_NAMES, MODES, database_name
from deploy.operations.backup import Tell
from deploy.operations.dumps import load_database
from deploy.operations.installation import OperationFailed
from deploy.operations.manifest import FORMAT, NAME, Manifest, Member, measured
from deploy.operations.redelivery import send_again
from deploy.preparation import migrations_of
from deploy.processes import StartFailed
from deploy.seeding import FINISHED, UNFINISHED
from kernel.audit.verdict import Verdict
from kernel.audit.verify import verify_database
from kernel.migrate import alembic_config

NUMBERS_SKIPPED = 10_000
"""Receipt numbers left out after a restore: those given after the backup are in the units' hands."""


@dataclass(frozen=True)
class Restored:
    """What came of it."""

    manifest: Manifest
    sent_again: int
    """Events that were under way when the backup was made."""
    verdicts: dict[str, Verdict]


def restore_backup(file: Path, root: Path, tell: Tell) -> Restored:
    """Make a city under `root`, which must be empty or absent; `chengbao` does not start it. Raises `OperationFailed`.

    On failure nothing is left under `root`.
    """
    if root.exists() and any(root.iterdir()):
        raise OperationFailed(
            f"{root} 不是空目录。", "请用 --root 指定一个空的或尚不存在的目录；恢复从不覆盖现有数据。"
        )
    try:
        with tempfile.TemporaryDirectory(prefix="chengbao-restore-") as folder:
            manifest = unpack(file, Path(folder), tell)
            _check_versions(manifest)
            try:
                return _fill(Path(folder), root, manifest, tell)
            except BaseException:
                shutil.rmtree(root, ignore_errors=True)
                raise
    except (OSError, StartFailed, psycopg.Error) as error:
        raise OperationFailed(f"恢复未能完成：{error}", "请检查磁盘空间和目录权限后重试。") from error


def unpack(file: Path, into: Path, tell: Tell) -> Manifest:
    """Unpack a backup and check every file of it. Raises `OperationFailed` naming the first one that is damaged."""
    try:
        with tarfile.open(file, "r:") as archive:
            manifest = _read_manifest(file, archive)
            for done, member in enumerate(manifest.members, 1):
                _unpack_member(file, archive, member, into)
                tell("校验 checking", done, len(manifest.members))
    except FileNotFoundError as error:
        raise OperationFailed(f"没有文件 {file}。", "请检查路径。") from error
    except (tarfile.TarError, EOFError) as error:
        raise _damaged(file, str(error)) from error
    return manifest


def _read_manifest(file: Path, archive: tarfile.TarFile) -> Manifest:
    first = archive.next()
    source = archive.extractfile(first) if first is not None and first.name == NAME else None
    if source is None:
        raise OperationFailed(f"{file} 不是呈报的备份。", "请使用 chengbao backup 生成的文件。")
    try:
        manifest = Manifest.model_validate_json(source.read())
    except ValidationError as error:
        raise _damaged(file, "清单无法识别") from error
    if manifest.format > FORMAT:
        raise OperationFailed(f"该备份由较新的版本 {manifest.product} 生成。", "请用同一版本或更新版本的程序恢复。")
    return manifest


def _unpack_member(file: Path, archive: tarfile.TarFile, member: Member, into: Path) -> None:
    target = into / member.name
    if not target.resolve().is_relative_to(into.resolve()):
        raise _damaged(file, f"文件名越界：{member.name}")
    try:
        source = archive.extractfile(member.name)
    except KeyError:
        source = None
    if source is None:
        raise _damaged(file, f"缺少 {member.name}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    with target.open("wb") as output:
        found = measured(source, output)
    if found != (member.size, member.sha256):
        raise _damaged(file, f"{member.name} 与清单中的大小或校验和不符")


def _damaged(file: Path, what: str) -> OperationFailed:
    return OperationFailed(f"备份 {file} 已损坏：{what}。", "没有恢复任何内容；请改用另一份备份。")


def _check_versions(manifest: Manifest) -> None:
    """Old backups are migrated when the city starts; a newer schema than this program's is refused here."""
    for owner, heads in manifest.revisions.items():
        config = alembic_config(migrations_of(owner))
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if not known.issuperset(heads):
            raise OperationFailed(
                f"备份中 {owner} 的表结构（{'、'.join(heads)}）比本程序新。",
                f"请用 {manifest.product} 或更新版本的程序恢复。",
            )


def _fill(source: Path, root: Path, manifest: Manifest, tell: Tell) -> Restored:
    city = City(root, manifest.mode if manifest.mode in MODES else "full")
    city.claim()
    try:
        _put_files(source, city.root)
        city.postgres.start()
        try:
            urls = _load(source, city, tell)
            sent_again = send_again(urls, contract.CONSUMES)
            _skip_numbers(urls["gateway"])
            verdicts = _verify(source, city, urls, tell)
        finally:
            city.postgres.stop()
    finally:
        city.stop()
    return Restored(manifest, sent_again, verdicts)


def _put_files(source: Path, root: Path) -> None:
    for kind in ("keys", "files"):
        if (source / kind).exists():
            shutil.copytree(source / kind, root / kind)
    for mark in (source / "marks").glob("*"):
        shutil.copy(mark, root / mark.name)
    if not (root / UNFINISHED).exists():
        (root / FINISHED).touch()  # its accounts are there: nobody is made anew


def _load(source: Path, city: City, tell: Tell) -> dict[str, str]:
    urls = {}
    for done, owner in enumerate(KEY_NAMES):
        tell("数据库 databases", done, len(KEY_NAMES))
        urls[owner] = city.postgres.create_database(database_name(owner), database_name(owner))
        load_database(source / "databases" / f"{owner}.dump", urls[owner])
    tell("数据库 databases", len(KEY_NAMES), len(KEY_NAMES))
    return urls


def _skip_numbers(gateway_url: str) -> None:
    with psycopg.connect(gateway_url, autocommit=True) as gateway:
        gateway.execute("SELECT setval('receipt_numbers', last_value + %s) FROM receipt_numbers", (NUMBERS_SKIPPED,))


def _verify(source: Path, city: City, urls: dict[str, str], tell: Tell) -> dict[str, Verdict]:
    """Against the backup's own checkpoints, where a database had one. Raises `OperationFailed` for changed evidence."""
    verdicts: dict[str, Verdict] = {}
    for done, (owner, url) in enumerate(urls.items(), 1):
        held = source / "checkpoints" if (source / "checkpoints" / f"{owner}.json").exists() else None
        verdicts[owner], _ = verify_database(url, city.root / "keys" / owner, held, owner)
        tell("核对证据 evidence", done, len(urls))
    for verdict in verdicts.values():
        if verdict.status == "tampered":
            raise OperationFailed(
                verdict.zh(), "该备份中的证据已被改动：保留备份文件，通知审计管理员，改用更早的备份。"
            )
    return verdicts
