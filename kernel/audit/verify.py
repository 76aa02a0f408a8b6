"""`python -m kernel.audit.verify`: has anybody changed the evidence? The operator's command calls this too.

Exit status: 0 intact, 1 tampered, 2 cannot say.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from kernel.audit.keys import load_public_keys
from kernel.audit.verdict import Reason, Verdict
from kernel.audit.verification import verify
from kernel.audit.witnesses import Witness, read_witnesses
from kernel.database import make_engine


def verify_database(
    database_url: str, keys: Path, against: Path | None = None, service: str | None = None
) -> tuple[Verdict, list[tuple[str, str]]]:
    """Verdict on a database, and (file, reason) for each file of `against` that witnesses nothing.

    Works in one read-only snapshot; what cannot be read gives the verdict unknown, with what to do.
    """
    try:
        public_keys = load_public_keys(keys)
        found = list(read_witnesses(against, public_keys)) if against else []
    except (OSError, ValueError) as error:
        return _unknown("密钥或见证文件读不出来", "keys or witnesses cannot be read", error), []
    witnesses = [item for item in found if isinstance(item, Witness)]
    useless = [item for item in found if not isinstance(item, Witness)]
    if against and not witnesses:
        return Verdict("unknown", service or "", unknown=_nothing_held(against)), useless
    engine = make_engine(database_url, pool_size=1, application_name="chengbao-verify")
    try:
        with engine.connect().execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        ) as connection:
            connection.exec_driver_sql("SET statement_timeout = 0")
            return verify(connection, public_keys, witnesses, service=service), useless
    except SQLAlchemyError as error:
        return _unknown("数据库读不出来", "the database cannot be read", error), useless
    finally:
        engine.dispose()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the verdict and return the exit status."""
    options = _parser().parse_args(arguments)
    verdict, useless = verify_database(options.database_url, options.keys, options.against, options.service)
    if options.json:
        ignored = [{"file": name, "reason": reason} for name, reason in useless]
        _print(json.dumps(verdict.document() | {"ignored": ignored}, ensure_ascii=False, indent=1))
        return verdict.exit_status
    _print(verdict.zh())
    _print(verdict.en())
    for name, reason in useless:
        _print(f"未采用 / not counted: {name}: {reason}")
    return verdict.exit_status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m kernel.audit.verify",
        description="核对审计证据是否被改动 / has anybody changed the evidence? 0 intact, 1 tampered, 2 cannot say",
    )
    parser.add_argument("--database-url", required=True, help="数据库 / the database, postgresql://...")
    parser.add_argument("--keys", required=True, type=Path, help="公钥目录 / folder with the *.pub.pem files")
    parser.add_argument("--against", type=Path, help="回执与检查点目录 / folder of receipts, checkpoints, saved mails")
    parser.add_argument("--service", help="数据库所属服务 / whose database it is, where that is in doubt")
    parser.add_argument("--json", action="store_true", help="输出 JSON / answer in JSON")
    return parser


def _unknown(zh: str, en: str, error: Exception) -> Verdict:
    cause = str(error).splitlines()[0] if str(error) else type(error).__name__
    reason = Reason(f"{zh}：{cause}。请检查地址和权限。", f"{en}: {cause}. Check address and rights.")
    return Verdict("unknown", "", unknown=reason)


def _nothing_held(folder: Path) -> Reason:
    return Reason(
        f"{folder} 中没有可用的见证文件（回执或检查点 *.json，检查点邮件 *.eml、*.txt）：请检查目录，"
        "并确认密钥目录中有签发方的公钥。",
        f"{folder} holds no usable witness (receipts or checkpoints as *.json, saved mails as *.eml or *.txt): check "
        "the folder, and that the folder of keys has the public key of whoever signed them.",
    )


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
