"""The installation an operator works on: addresses and folders of each process, read from the city's description.

A city that our launcher runs describes itself (`deploy.city.DESCRIPTION`). For a deployment without our launcher the
operator writes a file of the same shape: `{"base_url": ..., "mode": "full", "processes": {"intake": {"health": ...,
"environment": {"CHENGBAO_DATABASE_URL": ...}}, ...}}`; on RabbitMQ with `topology_broker_url`, the address for the
login that may make queues, where `chengbao topology` shall not be given it each time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.city import DESCRIPTION, read_description
from deploy.layout import KEY_NAMES, PROCESSES
from kernel.audit.evidence import Evidence
from kernel.clock import Clock, clock_from
from kernel.database import Database
from kernel.principal import Keyring

REQUIRED = ("CHENGBAO_DATABASE_URL", "CHENGBAO_BROKER_URL", "CHENGBAO_KEYS_DIR", "CHENGBAO_FILES_DIR")


class OperationFailed(Exception):
    """An operator's command could not do its work: the message says why, `remedy` what to do (both in Chinese)."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True)
class Installation:
    """Everything the operator's commands need to know of a running installation."""

    base_url: str
    mode: str
    environments: Mapping[str, Mapping[str, str]]
    """Variables by process."""
    health: Mapping[str, str]
    """Address by process that answers 200 while the process is well."""
    topology_broker_url: str = ""
    """The bus for the login that may make queues; empty where the description does not tell it."""
    root: Path | None = None
    """The city's folder, when our launcher runs it."""

    @property
    def owners(self) -> tuple[str, ...]:
        """Everybody who has a database."""
        return KEY_NAMES

    def environment(self, owner: str) -> Mapping[str, str]:
        """The variables of the process that owns a database."""
        return self.environments[_process_of(owner)]

    def database_url(self, owner: str) -> str:
        return self.environment(owner)["CHENGBAO_DATABASE_URL"]

    def keys(self, owner: str) -> Path:
        return Path(self.environment(owner)["CHENGBAO_KEYS_DIR"])

    def files(self, owner: str) -> Path:
        return Path(self.environment(owner)["CHENGBAO_FILES_DIR"])

    @property
    def broker_url(self) -> str:
        """The bus, with the login that sees most of it: the topology's, else the gateway's."""
        return self.topology_broker_url or self.environment("gateway")["CHENGBAO_BROKER_URL"]

    @property
    def clock_file(self) -> Path | None:
        """Of a city whose clock can be moved (demo, replay)."""
        path = self.environment("gateway").get("CHENGBAO_CLOCK_FILE")
        return Path(path) if path else None

    @property
    def clock(self) -> Clock:
        return clock_from(self.clock_file)

    @contextmanager
    def database(self, owner: str) -> Iterator[Database]:
        """A database as its owner sees it: acts leave events and evidence signed with the owner's key."""
        keyring = Keyring.load(owner, self.keys(owner))
        database = Database(
            self.database_url(owner),
            service=owner,
            clock=self.clock,
            keyring=keyring,
            evidence=Evidence(keyring),
            pool_size=2,
        )
        try:
            yield database
        finally:
            database.close()


def find_installation(root: Path, file: Path | None = None) -> Installation:
    """The city running under `root`, or the one that `file` describes. Raises `OperationFailed`."""
    if file is not None:
        return installation_from(_read(file), None, str(file))
    description = read_description(root.absolute())
    if description is None:
        raise OperationFailed(
            f"{root} 下没有正在运行的城市（没有 {DESCRIPTION}）。",
            "先启动（make run），或用 --root 指定城市所在目录、用 --city 指定描述文件。",
        )
    return installation_from(description, root.absolute(), str(root / DESCRIPTION))


def installation_from(description: Mapping[str, Any], root: Path | None, source: str) -> Installation:
    """Raises `OperationFailed` naming every process or variable that is missing."""
    processes = description.get("processes")
    if not isinstance(processes, Mapping):
        raise OperationFailed(f"{source} 不是安装描述：缺少 processes。", "格式见 docs/operators/operations.md。")
    environments = {name: dict(entry.get("environment", {})) for name, entry in processes.items()}
    missing = [
        f"{name}.{variable}"
        for name in sorted({_process_of(owner) for owner in KEY_NAMES})
        for variable in REQUIRED
        if variable not in environments.get(name, {})
    ]
    if missing:
        raise OperationFailed(f"{source} 缺少：{'、'.join(missing)}。", "格式见 docs/operators/operations.md。")
    return Installation(
        base_url=str(description.get("base_url", "")),
        mode=str(description.get("mode", "full")),
        environments=environments,
        health={name: str(entry["health"]) for name, entry in processes.items() if "health" in entry},
        topology_broker_url=str(description.get("topology_broker_url", "")),
        root=root,
    )


def _process_of(owner: str) -> str:
    """The process that writes an owner's database: of the gateway its web process."""
    return owner if any(entry.name == owner for entry in PROCESSES) else "gateway"


def _read(file: Path) -> Mapping[str, Any]:
    try:
        description = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise OperationFailed(f"无法读取 {file}：{error.strerror}。", "请检查 --city 的路径和权限。") from error
    except ValueError as error:
        raise OperationFailed(f"{file} 不是 JSON：{error}。", "格式见 docs/operators/operations.md。") from error
    if not isinstance(description, dict):
        raise OperationFailed(f"{file} 不是 JSON 对象。", "格式见 docs/operators/operations.md。")
    return description
