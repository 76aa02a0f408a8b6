"""`chengbao backup` and `chengbao restore`: a whole city in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clients.commands.installation import DEFAULT_ROOT, CityFile, Root, find, told
from clients.commands.progress import progress
from clients.output import Json, console, show, speaks

if TYPE_CHECKING:
    from deploy.operations.manifest import Manifest
    from deploy.operations.restore import Restored


@speaks
def backup(
    file: Annotated[Path, typer.Argument(help="The backup to write; must not exist yet. It holds the private keys.")],
    root: Root = DEFAULT_ROOT,
    city: CityFile = None,
    as_json: Json = False,
) -> None:
    """Back up the running city: all databases at one cut, files, keys and checkpoints."""
    installation = find(root, city)
    from deploy.operations.backup import make_backup

    with told(), progress(as_json) as tell:
        manifest = make_backup(installation, file, tell)
    document = {"file": str(file), "size": file.stat().st_size, **manifest.model_dump(mode="json")}
    show(document, as_json, lambda: _print_backup(file, manifest))


@speaks
def restore(
    file: Annotated[Path, typer.Argument(help="A backup that `chengbao backup` wrote.")],
    root: Annotated[Path, typer.Option(help="Folder of the restored city: empty or absent.")],
    as_json: Json = False,
) -> None:
    """Make a fresh city from a backup: checks every file, verifies the evidence, starts nothing."""
    from deploy.operations.restore import restore_backup

    with told(), progress(as_json) as tell:
        restored = restore_backup(file, root, tell)
    document = {
        "root": str(root),
        "sent_again": restored.sent_again,
        "manifest": restored.manifest.model_dump(mode="json"),
        "verdicts": {owner: verdict.document() for owner, verdict in restored.verdicts.items()},
    }
    show(document, as_json, lambda: _print_restored(root, restored))


def _print_backup(file: Path, manifest: Manifest) -> None:
    size = file.stat().st_size / 1e6
    console.print(f"已备份到 {file}（{size:.1f} MB，{len(manifest.members)} 个文件，{manifest.made_at}）", markup=False)
    console.print(f"最新回执 {manifest.newest_receipt or '（尚无）'}；之后收到的不在此备份中。", markup=False)
    console.print("其中含有私钥：请加密后移出本机保存。试恢复：chengbao restore 文件 --root 空目录", markup=False)


def _print_restored(root: Path, restored: Restored) -> None:
    console.print(f"已恢复到 {root}，备份时间 {restored.manifest.made_at}；证据核对无误。", markup=False)
    console.print(f"备份时在途的 {restored.sent_again} 个事件将在启动后重发，不会重复生效。", markup=False)
    launcher = "deploy.demo.launcher" if (root / "demo.json").exists() else "deploy.launcher"
    console.print(f"启动：python -m {launcher} --root {root}", markup=False)
    console.print("启动后用 chengbao audit verify --against 回执目录 找出备份之后收到、需要补录的信息。", markup=False)
