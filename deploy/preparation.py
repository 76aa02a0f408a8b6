"""What must be there before the processes start: databases, keys, tables, and the bus' queues and bindings.

`python -m deploy.preparation` does it for containers, from the environment: CHENGBAO_ADMIN_DATABASE_URL (somebody who
may create databases), CHENGBAO_BROKER_URL, CHENGBAO_KEYS_DIR (the folder of all keys), and for each owner of a database
its address, for example INTAKE_DATABASE_URL. May be run again at any time, and is at every new version.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from contracts import topology as contract
from deploy.keys import issue_keys
from deploy.layout import KEY_NAMES, ROOT
from deploy.postgres import ensure_database
from kernel.bus.topology import apply
from kernel.migrate import upgrade


def apply_topology(broker_url: str) -> None:
    """Queues and bindings of all consumers, before any relay starts; on the embedded bus its tables too."""
    apply(broker_url, contract.PUBLISHES, contract.CONSUMES, contract.VERSION)


def migrations_of(owner: str) -> Path:
    """The folder whose `migrations` make the tables of this owner's database."""
    return ROOT / "gateway" if owner == "gateway" else ROOT / "services" / owner


def prepare(environment: Mapping[str, str]) -> None:
    """Do all of it. Raises `KeyError` for a variable that is missing."""
    issue_keys(Path(environment["CHENGBAO_KEYS_DIR"]))
    for owner in KEY_NAMES:
        url = environment[f"{owner.upper()}_DATABASE_URL"]
        ensure_database(environment["CHENGBAO_ADMIN_DATABASE_URL"], url)
        upgrade(url, migrations_of(owner))
    apply_topology(environment["CHENGBAO_BROKER_URL"])


if __name__ == "__main__":
    try:
        prepare(os.environ)
    except KeyError as missing:
        sys.exit(f"set the variable {missing.args[0]}")
