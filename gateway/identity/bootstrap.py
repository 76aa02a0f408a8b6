"""The first accounts of a new city: `python -m gateway.identity.bootstrap --database-url URL --keys-dir DIR`.

One system administrator, two security administrators, one audit administrator, one operator; their random passwords
are printed once, as JSON. After that every right goes through two persons.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from sqlalchemy import func, select

from contracts.vocabulary import Role
from gateway.identity.accounts import FreshPassword, create_account
from gateway.identity.grants import insert_grant
from gateway.model.accounts import accounts
from kernel.audit.evidence import Evidence
from kernel.clock import SystemClock
from kernel.database import Database
from kernel.errors import Conflict, Refusal
from kernel.ids import new_id
from kernel.migrate import upgrade
from kernel.principal import Keyring, system_principal

FIRST_ACCOUNTS: tuple[tuple[str, str, Role], ...] = (
    ("sysadmin", "系统管理员", Role.SYSTEM_ADMINISTRATOR),
    ("secadmin1", "安全管理员甲", Role.SECURITY_ADMINISTRATOR),
    ("secadmin2", "安全管理员乙", Role.SECURITY_ADMINISTRATOR),
    ("auditor", "审计管理员", Role.AUDIT_ADMINISTRATOR),
    ("operator", "运维员", Role.OPERATOR),
)
"""Login, name, role."""

GATEWAY = Path(__file__).resolve().parent.parent


def create_first_accounts(database: Database) -> list[FreshPassword]:
    """Make them in one transaction. Raises `Conflict` when there is any account already."""
    with database.work(system_principal("gateway")) as work:
        if work.session.scalar(select(func.count()).select_from(accounts)):
            raise Conflict(
                "已有账户，初始账户只能创建一次。", "There are accounts already; the first ones are made only once."
            )
        made = []
        for login, name, role in FIRST_ACCOUNTS:
            account = create_account(work, new_id(), name, login)
            insert_grant(work, account.account_id, role, "approved")
            made.append(account)
        return made


def open_database(database_url: str, keys_dir: Path) -> Database:
    """The gateway's database at its newest schema, for an operator command."""
    upgrade(database_url, GATEWAY)
    keyring = Keyring.load("gateway", keys_dir)
    clock = SystemClock()
    return Database(
        database_url, service="gateway", clock=clock, keyring=keyring, evidence=Evidence(keyring), pool_size=2
    )


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--keys-dir", required=True, type=Path)
    options = parser.parse_args(arguments)
    database = open_database(options.database_url, options.keys_dir)
    try:
        made = create_first_accounts(database)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal.detail_zh} {refusal.detail_en}\n")
        return 1
    finally:
        database.close()
    sys.stdout.write(json.dumps([account.model_dump(mode="json") for account in made], ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
