"""Appends audit facts to the evidence chain, in the transaction of the act itself."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from typing import Any

from kernel.audit.entries import detail_text, entry_hash, signed_bytes
from kernel.audit.keys import key_id
from kernel.audit.lanes import LANES, Head, take_lane
from kernel.database import Act, AuditFact, EntryRef, Work
from kernel.principal import Keyring, key_named

_PER_ENTRY = {
    "number": "bigint",
    "act": "text",
    "subject": "text",
    "version": "bigint",
    "detail": "text",
    "previous": "text",
    "hash": "text",
    "signature": "text",
}
_COMMON = (
    "lane",
    "at",
    "principal_id",
    "principal_name",
    "principal_key",
    "principal_token_hash",
    "key_id",
)
# Any number of entries and the lane's new head in one statement, whose text never changes.
_APPEND = (
    "WITH written AS ("  # noqa: S608  # built from the names above only
    f" INSERT INTO evidence_entries ({', '.join((*_COMMON, *_PER_ENTRY))})"
    f" SELECT {', '.join(f'%({name})s' for name in _COMMON)}, entry.* FROM"
    f" unnest({', '.join(f'%({name})s::{kind}[]' for name, kind in _PER_ENTRY.items())}) AS entry"
    ") UPDATE evidence_lanes SET number = %(head)s, hash = %(head_hash)s WHERE lane = %(lane)s"
)
ENTRY = (
    "entry AS ("  # noqa: S608  # the same
    f" INSERT INTO evidence_entries ({', '.join((*_COMMON, *_PER_ENTRY))})"
    f" VALUES ({', '.join(f'%(entry_{name})s' for name in (*_COMMON, *_PER_ENTRY))})"
    "), head AS ("
    "UPDATE evidence_lanes SET number = %(entry_number)s, hash = %(entry_hash)s WHERE lane = %(entry_lane)s)"
)
"""One entry and its lane's new head as a part (CTEs) of another statement; `Evidence.entry` gives its values."""


def _any_lane() -> int:
    return secrets.randbelow(LANES)


class Evidence:
    """The evidence of one database; `kernel.database.Database` takes it as its `evidence`.

    Entries are signed with the keyring's private key. `turn` says which lane to try first.
    """

    def __init__(self, keyring: Keyring, turn: Callable[[], int] = _any_lane) -> None:
        self._turn = turn
        self._key = keyring.private_key
        self._key_id = key_id(keyring.name, keyring.private_key.public_key())

    def turn(self) -> int:
        """The lane to try next."""
        return self._turn()

    def entry(self, act: Act, fact: AuditFact, head: Head) -> tuple[EntryRef, dict[str, Any]]:
        """The entry behind `head`, whose lane this transaction holds, and the values of ENTRY, which writes it."""
        common = {"lane": head.lane, "at": act.now, "key_id": self._key_id, **_principal(act)}
        [row] = self._chain(common, [fact], head.number, head.hash)
        return EntryRef(row["lane"], row["number"], row["hash"]), {f"entry_{name}": row[name] for name in row}

    def append(self, work: Work, facts: list[AuditFact]) -> list[EntryRef]:
        """Write the facts, in order, behind one another in one lane of this transaction.

        From here to the commit the transaction holds that lane. Blocks while every lane is taken, `lock_timeout` at
        most.
        """
        if not facts:
            return []
        head = take_lane(work.session, self._turn())
        common = {"lane": head.lane, "at": work.now, "key_id": self._key_id, **_principal(work)}
        rows = self._chain(common, facts, head.number, head.hash)
        columns = {name: [row[name] for row in rows] for name in _PER_ENTRY}
        newest = {"head": rows[-1]["number"], "head_hash": rows[-1]["hash"]}
        work.session.connection().exec_driver_sql(_APPEND, common | columns | newest)
        return [EntryRef(row["lane"], row["number"], row["hash"]) for row in rows]

    def _chain(
        self, common: dict[str, Any], facts: list[AuditFact], number: int, previous: str
    ) -> list[dict[str, Any]]:
        rows = []
        for fact in facts:
            number += 1
            row = common | {
                "number": number,
                "act": fact.act,
                "subject": fact.subject,
                "version": fact.version,
                "detail": detail_text(fact.detail),
                "previous": previous,
            }
            previous = entry_hash(row)
            signature = base64.b64encode(self._key.sign(signed_bytes(previous))).decode()
            rows.append(row | {"hash": previous, "signature": signature})
        return rows


def _principal(act: Act) -> dict[str, str]:
    """Who acted: name, and the token's key and hash, by which the token an event carries can be matched."""
    token = act._token
    return {
        "principal_id": act.principal.id,
        "principal_name": act.principal.name,
        "principal_key": key_named(token) if token else "",
        "principal_token_hash": hashlib.sha256(token.encode()).hexdigest() if token else "",
    }
