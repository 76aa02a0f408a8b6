"""Copies of single databases by PostgreSQL's own programs; passwords go by the environment, never on a command line."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from deploy.operations.installation import OperationFailed
from deploy.postgres import find_binaries

_VARIABLES = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}


def dump_database(url: str, snapshot: str, into: Path) -> None:
    """Copy a database as `snapshot` saw it, in PostgreSQL's custom format. Raises `OperationFailed`."""
    _run(
        "pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={into}"], url
    )


def load_database(dump: Path, url: str) -> None:
    """Fill an empty database in one transaction, all or nothing. Raises `OperationFailed`."""
    # A statement of ours: without --schema the comment on "public", which its owner alone may set, would be restored.
    restore = ["--no-owner", "--no-privileges", "--no-comments", "--exit-on-error", "--single-transaction"]
    _run("pg_restore", [*restore, f"--dbname={conninfo_to_dict(url)['dbname']}", str(dump)], url)


def _run(program: str, arguments: Sequence[str], url: str) -> None:
    known = conninfo_to_dict(url)
    environment = {
        "PATH": os.defpath,
        "LC_ALL": "C",
        **{variable: str(known[name]) for name, variable in _VARIABLES.items() if known.get(name)},
    }
    done = subprocess.run(
        [str(find_binaries(None) / program), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise OperationFailed(
            f"{program} 未能完成（{known.get('dbname')}）：{done.stderr.strip()[-800:]}",
            "请检查磁盘空间，以及服务器版本不高于本机的 PostgreSQL 工具。",
        )
