"""What somebody who owns the database, but not the key, can do to its evidence.

Each forgery says where the first bad entry is, or that the cut lies after everything held outside.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, delete, update

from kernel.audit.checkpoints import Checkpoint, checkpoints, read_heads
from kernel.audit.entries import entries, entry_hash, signed_bytes
from kernel.audit.lanes import NOTHING_YET, lanes
from tests.factories.evidence import Archive

FORGER = Ed25519PrivateKey.generate()
Row = dict[str, Any]


@dataclass(frozen=True)
class Done:
    """What a forgery did."""

    story: str
    lane: int | None = None
    """None when only checkpoints were touched."""
    number: int = 0
    hidden: bool = False
    """A careful cut of what nobody outside has seen."""


def edit(db: Connection, archive: Archive, random: Random) -> Done:
    """Change one field of one entry."""
    row = random.choice(archive.rows)
    column = random.choice([name for name in row if name not in ("lane", "number")])
    db.execute(update(entries).where(*_at(row)).values({column: _other(row[column], column, random)}))
    return Done(f"edit {column}", row["lane"], row["number"])


def renumber(db: Connection, archive: Archive, random: Random) -> Done:
    """Give an entry another number, far behind."""
    row = random.choice(archive.rows)
    db.execute(update(entries).where(*_at(row)).values(number=row["number"] + 1000))
    return Done("renumber", row["lane"], row["number"])


def remove(db: Connection, archive: Archive, random: Random) -> Done:
    """Delete one entry; every other time close the gap."""
    row = random.choice(archive.rows)
    close = random.random() < 0.5
    kept = [other for other in archive.lane(row["lane"]) if other["number"] != row["number"]]
    if close:
        for number, other in enumerate(kept, 1):
            other["number"] = number
    _write_lane(db, row["lane"], kept, head=len(kept) >= row["number"])
    return Done(f"delete, gap closed: {close}", row["lane"], row["number"])


def put_in(db: Connection, archive: Archive, random: Random) -> Done:
    """Insert a made-up entry anywhere, also behind the last; every other time rebuild the chain behind it."""
    model = random.choice(archive.rows)
    rows = archive.lane(model["lane"])
    place = random.randint(1, len(rows) + 1)
    rows.insert(place - 1, model | {"act": "report.withdrawn"})
    for number, row in enumerate(rows, 1):
        row["number"] = number
    rebuilt = random.random() < 0.5
    if rebuilt:
        _rehash(rows, place, random)
    _write_lane(db, model["lane"], rows)
    return Done(f"insert, rebuilt: {rebuilt}", model["lane"], place)


def swap(db: Connection, archive: Archive, random: Random) -> Done:
    """Exchange the contents of two entries of one lane or two; every other time rebuild."""
    one, two = random.sample(archive.rows, 2)
    rebuilt = random.random() < 0.5
    for lane in {one["lane"], two["lane"]}:
        rows = archive.lane(lane)
        for row in rows:
            other = {_place(one): two, _place(two): one}.get(_place(row))
            if other:
                row.update({name: value for name, value in other.items() if name not in ("lane", "number")})
        if rebuilt:
            first = min(place[1] for place in (_place(one), _place(two)) if place[0] == lane)
            _rehash(rows, first, random)
        _write_lane(db, lane, rows)
    lane, number = min(_place(one), _place(two))
    return Done(f"swap, rebuilt: {rebuilt}", lane, number)


def rebuild(db: Connection, archive: Archive, random: Random) -> Done:
    """Rewrite an entry and everything after it with right hashes, and the checkpoints as well as one can."""
    chosen = random.choice(archive.rows)
    rows = archive.lane(chosen["lane"])
    rows[chosen["number"] - 1]["principal_name"] = "别人"
    _rehash(rows, chosen["number"], random)
    _write_lane(db, chosen["lane"], rows)
    if random.random() < 0.7:
        _rewrite_checkpoints(db, archive, {chosen["lane"]: rows})
    return Done("rebuild", chosen["lane"], chosen["number"])


def cut(db: Connection, archive: Archive, random: Random) -> Done:
    """Cut the end of one lane, with head and checkpoints made to fit in some way."""
    chosen = random.choice(archive.rows)
    lane, number = chosen["lane"], chosen["number"]
    kept = archive.lane(lane)[: number - 1]
    how = random.choice(("plainly", "with its head", "with checkpoints rewritten", "carefully"))
    _write_lane(db, lane, kept, head=how != "plainly")
    if how == "with checkpoints rewritten":
        _rewrite_checkpoints(db, archive, {lane: kept})
    if how == "carefully":
        _drop_checkpoints_beyond(db, archive, {lane: number})
    covering = [made["number"] for made in archive.checkpoints if _reach(made, lane) >= number]
    if number <= archive.witnessed(lane) or (covering and how == "with its head"):
        return Done(f"cut {how}", lane, number)
    if covering and how == "with checkpoints rewritten":
        return Done(f"cut {how}", None, min(covering))  # which entry it was, nobody has written down any more
    return Done(f"cut {how}", lane, number, hidden=how != "plainly")


def cut_all(db: Connection, archive: Archive, random: Random) -> Done:
    """Set the whole database back to an earlier checkpoint, leaving no trace in it."""
    target = random.choice(archive.checkpoints[:-1])
    heads = {lane: number for lane, number, _ in read_heads(target["heads"])}
    for lane, number in heads.items():
        _write_lane(db, lane, archive.lane(lane)[:number])
    db.execute(delete(checkpoints).where(checkpoints.c.number > target["number"]))
    lost = [(row["lane"], row["number"]) for row in archive.rows if row["number"] > heads[row["lane"]]]
    seen = [place for place in lost if place[1] <= archive.witnessed(place[0])]
    return Done("cut all", *min(seen or lost), hidden=not seen)


def forge_checkpoint(db: Connection, archive: Archive, random: Random) -> Done:
    """Change or delete one checkpoint at or before the one held outside."""
    held = archive.exported["number"]
    row = random.choice([made for made in archive.checkpoints if made["number"] <= held])
    where = checkpoints.c.number == row["number"]
    column = random.choice([name for name in row if name != "number"] + ["row"])
    if column == "row":
        db.execute(delete(checkpoints).where(where))
    else:
        db.execute(update(checkpoints).where(where).values({column: _other(row[column], column, random)}))
    return Done(f"checkpoint's {column}", None, row["number"])


FORGERIES: tuple[Callable[[Connection, Archive, Random], Done], ...] = (
    edit,
    renumber,
    remove,
    put_in,
    swap,
    rebuild,
    cut,
    cut_all,
    forge_checkpoint,
)


def _at(row: Row) -> tuple[Any, Any]:
    return entries.c.lane == row["lane"], entries.c.number == row["number"]


def _place(row: Row) -> tuple[int, int]:
    return row["lane"], row["number"]


def _reach(made: Row, lane: int) -> int:
    return next(number for place, number, _ in read_heads(made["heads"]) if place == lane)


def _other(value: Any, column: str, random: Random) -> Any:
    if column == "at":
        return value + timedelta(microseconds=random.choice((1, 3_600_000_000)))
    if column == "version":
        return (value or 0) + random.choice((1, 2**62))
    place = random.randrange(len(value)) if value else 0
    return value[:place] + ("0" if value[place : place + 1] != "0" else "1") + value[place + 1 :]


def _rehash(rows: list[Row], first: int, random: Random) -> None:
    """Make the chain right again from `first` on, with whatever signature one has who lacks the key."""
    signing = random.choice(("old", "forged", "none"))
    for place in range(first - 1, len(rows)):
        row = rows[place]
        row["previous"] = rows[place - 1]["hash"] if place else NOTHING_YET
        row["hash"] = entry_hash(row)
        if signing == "forged":
            row["signature"] = b64encode(FORGER.sign(signed_bytes(row["hash"]))).decode()
        elif signing == "none":
            row["signature"] = ""


def _write_lane(db: Connection, lane: int, rows: list[Row], *, head: bool = True) -> None:
    db.execute(delete(entries).where(entries.c.lane == lane))
    if rows:
        db.execute(entries.insert(), rows)
    if head:
        newest = rows[-1] if rows else {"number": 0, "hash": NOTHING_YET}
        values = {"number": newest["number"], "hash": newest["hash"]}
        db.execute(update(lanes).where(lanes.c.lane == lane).values(values))


def _rewrite_checkpoints(db: Connection, archive: Archive, changed: dict[int, list[Row]]) -> None:
    """Make every checkpoint fit the changed lanes and follow the one before; only the signature cannot be made."""
    previous = NOTHING_YET
    for row in archive.checkpoints:
        heads = tuple(_refit(head, changed) for head in read_heads(row["heads"]))
        made = Checkpoint(**(row | {"heads": heads, "previous": previous}))
        previous = made.expected_root()
        if previous != row["root"]:
            values = {
                "heads": _text(heads),
                "previous": made.previous,
                "root": previous,
                "signature": b64encode(FORGER.sign(previous.encode())).decode(),
            }
            db.execute(update(checkpoints).where(checkpoints.c.number == row["number"]).values(values))


def _refit(head: tuple[int, int, str], changed: dict[int, list[Row]]) -> tuple[int, int, str]:
    lane = head[0]
    if lane not in changed:
        return head
    number = min(head[1], len(changed[lane]))
    return lane, number, changed[lane][number - 1]["hash"] if number else NOTHING_YET


def _text(heads: tuple[tuple[int, int, str], ...]) -> str:
    inner = ",".join(f'[{lane},{number},"{digest}"]' for lane, number, digest in heads)
    return f"[{inner}]"


def _drop_checkpoints_beyond(db: Connection, archive: Archive, cut_at: dict[int, int]) -> None:
    for lane, number in cut_at.items():
        beyond = [made["number"] for made in archive.checkpoints if _reach(made, lane) >= number]
        db.execute(delete(checkpoints).where(checkpoints.c.number.in_(beyond)))
