"""Verifies the evidence of one database against itself, the public keys, and what is held outside.

Safe beside a running service: heads and checkpoints are read before the entries they cover.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, Text, cast, func, select, union_all

from kernel.audit.checkpoints import Checkpoint, checkpoint_of, checkpoints
from kernel.audit.entries import entries, entry_hash, signed_bytes
from kernel.audit.keys import PublicKeys, service_of, signature_bytes, signed_by
from kernel.audit.lanes import NOTHING_YET, lanes
from kernel.audit.verdict import Finding, Reason, Verdict
from kernel.audit.witnesses import Witness

_AT_A_TIME = 2_000


@dataclass
class Lane:
    """How far a lane has been followed, and what is known of it from elsewhere."""

    lane: int
    keys: PublicKeys
    pins: dict[int, dict[str, str]]
    """Hashes that entries must have, by number, each with who says so."""
    reaches: int = 0
    """The number of the newest entry by the lane's own head."""
    number: int = 0
    hash: str = NOTHING_YET


Check = Callable[[Row[Any], Lane], Finding | None]


def numbered(entry: Row[Any], lane: Lane) -> Finding | None:
    """Numbers go 1, 2, 3 without gap or repetition."""
    if entry.number == lane.number + 1:
        return None
    if entry.number <= lane.number:
        return _bad(entry, "编号重复", "its number stands twice")
    return Finding("entry", lane.lane, lane.number + 1, Reason("该条已不存在", "the entry is missing"))


def unaltered(entry: Row[Any], _: Lane) -> Finding | None:
    """The hash follows from the fields."""
    fields = entry._asdict()
    try:
        fields["at"] = datetime.fromisoformat(entry.at)
        if entry_hash(fields) == entry.hash:
            return None
    except (ValueError, OverflowError):
        pass  # a time or number that no service writes
    return _bad(entry, "内容与其哈希值不符", "its content does not have its hash")


def signed(entry: Row[Any], lane: Lane) -> Finding | None:
    """The process's key signed the hash."""
    key = lane.keys.get(entry.key_id)
    if key is None:
        return _bad(entry, f"签名所用密钥 {entry.key_id} 不在密钥目录中", f"its key {entry.key_id} is not known")
    try:
        if signed_by(key, signature_bytes(entry.signature), signed_bytes(entry.hash)):
            return None
    except ValueError:
        pass
    return _bad(
        entry, "签名无效，该条不是系统写入的", "its signature is not the service's: it was made by somebody else"
    )


def chained(entry: Row[Any], lane: Lane) -> Finding | None:
    """It names the hash of the entry before it."""
    if entry.previous == lane.hash:
        return None
    return _bad(entry, "与前一条不衔接", "it does not follow the entry before it")


def witnessed(entry: Row[Any], lane: Lane) -> Finding | None:
    """Its hash is the one quoted elsewhere."""
    for digest, source in lane.pins.get(entry.number, {}).items():
        if digest != entry.hash:
            return _bad(entry, f"与{source}所载哈希值不符", f"its hash is not the one quoted by {source}")
    return None


CHECKS: tuple[Check, ...] = (numbered, unaltered, signed, chained, witnessed)


def verify(
    connection: Connection,
    public_keys: PublicKeys,
    against: Iterable[Witness] = (),
    *,
    service: str | None = None,
    checks: tuple[Check, ...] = CHECKS,
) -> Verdict:
    """Whether everything at or before the newest thing held outside is as it was written; reads every entry once.

    `against` may speak of other services' databases too; those witnesses are left aside. `service` is found from the
    evidence when it is not given.
    """
    held = list(against)
    owner = service or _owner(connection, held)
    if owner is None:
        return Verdict("intact", "", witnesses=0)
    keys = {identity: key for identity, key in public_keys.items() if service_of(identity) == owner}
    if not keys:
        return Verdict("unknown", owner, unknown=_no_keys(owner))
    witnesses = [witness for witness in held if witness.service == owner]
    if held and not witnesses:
        return Verdict("unknown", owner, unknown=_no_witness(owner))
    return _Verification(connection, owner, keys, witnesses, checks).verdict()


@dataclass
class _Verification:
    """One run: first the checkpoints, then each lane."""

    connection: Connection
    service: str
    keys: PublicKeys
    witnesses: list[Witness]
    checks: tuple[Check, ...]
    pins: dict[int, dict[int, dict[str, str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(dict)))
    entries: int = 0
    checkpoints: int = 0
    not_witnessed: int = 0
    reaches: dict[int, int] = field(default_factory=dict)
    outside: dict[int, int] = field(default_factory=dict)
    """By lane, the highest number that something held outside fixes."""

    def verdict(self) -> Verdict:
        self.reaches = {lane: number for lane, number, _ in self._heads()}
        self._pin_witnesses()
        wrong_checkpoint = self._checkpoints()
        found = [finding for finding in self._lanes() if finding]
        found.sort(key=lambda finding: (finding.lane, finding.number))
        if wrong_checkpoint:
            found.append(wrong_checkpoint)
        numbers = [w.checkpoint_number for w in self.witnesses if w.checkpoint_number is not None]
        return Verdict(
            "tampered" if found else "intact",
            self.service,
            tuple(found),
            self.entries,
            self.checkpoints,
            len(self.witnesses),
            max(numbers, default=None),
            self.not_witnessed,
        )

    def _pin(self, lane: int, number: int, digest: str, source: str) -> None:
        if number:
            self.pins[lane][number].setdefault(digest, source)

    def _pin_outside(self, lane: int, number: int, digest: str, source: str) -> None:
        self._pin(lane, number, digest, source)
        self.outside[lane] = max(number, self.outside.get(lane, 0))

    def _pin_witnesses(self) -> None:
        for witness in self.witnesses:
            if witness.entry:
                self._pin_outside(witness.entry.lane, witness.entry.number, witness.entry.hash, witness.source)
            for head in witness.checkpoint.heads if witness.checkpoint else ():
                self._pin_outside(*head, witness.source)

    def _checkpoints(self) -> Finding | None:
        """Follow the chain of checkpoints; pins the heads of the newest genuine one. Returns the first bad one."""
        quoted = self._quoted_roots()
        number, previous, newest = 0, NOTHING_YET, None
        first: Finding | None = None
        for row in self._rows(_in_order(checkpoints, "number")):
            self.checkpoints += 1
            made = _readable(row)
            genuine = made is not None and made.service == self.service and made.is_genuine(self.keys)
            wrong = _wrong_checkpoint(row, genuine, number, previous, quoted.get(row.number, {}))
            first = first or wrong
            if genuine and made is not None:
                newest = made
                self._pin_quoted(made, quoted.get(made.number, {}))
            number, previous = row.number, row.root
        if newest is not None:
            for head in newest.heads:
                self._pin(*head, f"checkpoint {newest.number}")
        if first is None and max(quoted, default=0) > number:
            first = Finding("checkpoint", None, number + 1, _gone(max(quoted)))
        return first

    def _pin_quoted(self, made: Checkpoint, quoted: dict[str, str]) -> None:
        """A checkpoint whose root is held outside fixes its heads as if they were held outside themselves."""
        if made.root in quoted:
            for head in made.heads:
                self._pin_outside(*head, quoted[made.root])

    def _quoted_roots(self) -> dict[int, dict[str, str]]:
        quoted: dict[int, dict[str, str]] = defaultdict(dict)
        for witness in self.witnesses:
            if witness.checkpoint_number is not None and witness.checkpoint_root is not None:
                quoted[witness.checkpoint_number].setdefault(witness.checkpoint_root, witness.source)
        return dict(quoted)

    def _lanes(self) -> Iterator[Finding | None]:
        unseen = {*self.pins, *self.reaches}
        followed: list[Lane] = []
        for number, rows in groupby(self._rows(_in_order(entries, "lane", "number")), key=lambda row: row.lane):
            unseen.discard(number)
            lane = self._lane(number)
            finding = self._follow(lane, rows)
            yield finding
            if finding is None:
                followed.append(lane)
        for number in unseen:
            yield _missing_end(self._lane(number))
        yield from self._behind_heads(followed)

    def _lane(self, number: int) -> Lane:
        return Lane(number, self.keys, self.pins.get(number, {}), self.reaches.get(number, 0))

    def _follow(self, lane: Lane, rows: Iterator[Row[Any]]) -> Finding | None:
        finding: Finding | None = None
        witnessed_up_to = self.outside.get(lane.lane, 0)
        for entry in rows:
            self.entries += 1
            self.not_witnessed += entry.number > witnessed_up_to
            if finding is None:
                finding = next(filter(None, (check(entry, lane) for check in self.checks)), None)
                lane.number, lane.hash = entry.number, entry.hash
        return finding or _missing_end(lane)

    def _behind_heads(self, followed: list[Lane]) -> Iterator[Finding | None]:
        """Heads read after the entries are never older than these, unless somebody set them back."""
        heads = {lane: (number, digest) for lane, number, digest in self._heads()}
        for lane in followed:
            number, digest = heads.get(lane.lane, (0, ""))
            if number < lane.number or (number == lane.number and digest != lane.hash):
                reason = Reason("通道的末端指针已被改动", "the head of its lane was set to something else")
                yield Finding("entry", lane.lane, lane.number, reason)

    def _heads(self) -> list[tuple[int, int, str]]:
        return [(row.lane, row.number, row.hash) for row in self.connection.execute(select(lanes))]

    def _rows(self, query: Select[Any]) -> Iterator[Row[Any]]:
        """All rows: of a small table at once, of a large one through a cursor on the server."""
        few = self.connection.execute(query.limit(_AT_A_TIME)).all()
        if len(few) < _AT_A_TIME:
            yield from few
        else:
            yield from self.connection.execute(query, execution_options={"yield_per": _AT_A_TIME})


def _in_order(table: Table, *order: str) -> Select[Any]:
    """All rows, with times as text: a time that no datetime can hold must not stop the verification."""
    columns = [cast(column, Text).label("at") if column.name == "at" else column for column in table.columns]
    return select(*columns).order_by(*(table.c[name] for name in order))


def _missing_end(lane: Lane) -> Finding | None:
    pinned = max(lane.pins, default=0)
    beyond = max(pinned, lane.reaches)
    if beyond <= lane.number:
        return None
    source = next(iter(lane.pins[pinned].values())) if pinned == beyond else "evidence_lanes"
    reason = Reason(
        f"该条起已不存在，而{source}载有第{beyond}条", f"missing from here on, though {source} quotes entry {beyond}"
    )
    return Finding("entry", lane.lane, lane.number + 1, reason)


def _wrong_checkpoint(
    row: Row[Any], genuine: bool, number: int, previous: str, quoted: dict[str, str]
) -> Finding | None:
    if row.number != number + 1:
        return Finding("checkpoint", None, number + 1, Reason("已不存在", "it is missing"))
    if not genuine:
        reason = Reason("内容或签名不真实", "its content or signature is not the service's")
        return Finding("checkpoint", None, row.number, reason)
    if row.previous != previous:
        reason = Reason("与前一检查点不衔接", "it does not follow the checkpoint before it")
        return Finding("checkpoint", None, row.number, reason)
    for root, source in quoted.items():
        if root != row.root:
            reason = Reason(f"与{source}所载根值不符", f"its root is not the one quoted by {source}")
            return Finding("checkpoint", None, row.number, reason)
    return None


def _gone(held: int) -> Reason:
    return Reason(f"该号起已不存在，而外部持有第{held}号", f"missing from here on, though {held} is held outside")


def _readable(row: Row[Any]) -> Checkpoint | None:
    try:
        return checkpoint_of(row._asdict() | {"at": datetime.fromisoformat(row.at)})
    except ValueError:
        return None


def _bad(entry: Row[Any], zh: str, en: str) -> Finding:
    return Finding("entry", entry.lane, entry.number, Reason(zh, en))


def _owner(connection: Connection, witnesses: list[Witness]) -> str | None:
    """The service most keys in the evidence belong to; of empty tables, the one all witnesses speak of."""
    speaker = func.split_part(
        union_all(select(entries.c.key_id), select(checkpoints.c.key_id)).subquery().c.key_id, ".", 1
    )
    found = connection.execute(select(speaker, func.count()).group_by(speaker).order_by(func.count().desc())).first()
    if found is not None:
        return str(found[0])
    services = {witness.service for witness in witnesses}
    return services.pop() if len(services) == 1 else None


def _no_keys(service: str) -> Reason:
    return Reason(
        f"密钥目录中没有 {service} 的公钥：请把 {service}.pub.pem 放入该目录。",
        f"the folder of keys has no public key of {service}: put {service}.pub.pem there.",
    )


def _no_witness(service: str) -> Reason:
    return Reason(
        f"所给文件中没有一份是 {service} 数据库的真实见证：请换用该库的回执或检查点文件。",
        f"none of the documents given is a genuine witness of the database of {service}: give its receipts.",
    )
