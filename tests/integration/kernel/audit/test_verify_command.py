"""The operator's entry: exit status, both languages, a remedy, and old keys."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import delete

from kernel.audit.checkpoints import checkpoint, export_checkpoint, newest_checkpoint
from kernel.audit.entries import entries
from kernel.audit.evidence import Evidence
from kernel.audit.verify import main
from kernel.database import Database
from kernel.outbox import kernel_metadata
from kernel.principal import Keyring
from kernel.testing import SettableClock
from tests.factories.evidence import BEGAN, PEOPLE


@dataclass
class Office:
    """A service's database, its folder of keys, and a folder of what is held outside."""

    url: str
    database: Database
    keys: Path
    outside: Path

    def act(self, how_often: int = 3) -> None:
        for _ in range(how_often):
            with self.database.work(PEOPLE[0]) as work:
                work.audit("report.accepted", "a", 1)

    def checkpoint(self) -> None:
        with self.database.work(PEOPLE[0]) as work:
            checkpoint(work, self.database.clock, self.database.keyring)

    def hand_out(self) -> None:
        with self.database.reading() as session:
            self.outside.joinpath("checkpoint.json").write_text(json.dumps(export_checkpoint(session)))

    def verify(self, *more: str) -> int:
        return main(["--database-url", self.url, "--keys", str(self.keys), *more])

    def verify_against(self, *more: str) -> int:
        return self.verify("--against", str(self.outside), *more)


@pytest.fixture
def office(new_database: Callable[[str], str], tmp_path: Path) -> Iterator[Office]:
    keys, outside = tmp_path / "keys", tmp_path / "outside"
    outside.mkdir()
    Keyring.create("review", keys)
    url = new_database("review")
    database = open_database(url, keys)
    kernel_metadata.create_all(database.engine)
    office = Office(url, database, keys, outside)
    yield office
    office.database.close()


def open_database(url: str, keys: Path) -> Database:
    keyring = Keyring.load("review", keys)
    return Database(
        url, service="review", clock=SettableClock(BEGAN), keyring=keyring, evidence=Evidence(keyring), pool_size=2
    )


def test_intact_evidence_exits_0_and_says_since_when_nothing_is_witnessed(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.act()
    office.checkpoint()
    office.hand_out()
    office.act()

    assert office.verify_against() == 0
    said = capsys.readouterr().out
    assert "证据完整（review）：核对 6 条记录" in said
    assert "自第1号检查点以来尚无外部见证：其后现有 3 条记录" in said
    assert "not witnessed since checkpoint 1: 3 entries follow" in said


def test_a_change_exits_1_names_the_entry_and_says_what_to_do(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.act()
    office.checkpoint()
    office.hand_out()
    with office.database.engine.begin() as connection:
        lane = connection.execute(entries.select().limit(1)).one().lane
        connection.execute(delete(entries).where(entries.c.lane == lane, entries.c.number == 1))

    assert office.verify_against("--json") == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["status"], answer["first_bad"]["lane"], answer["first_bad"]["number"]) == ("tampered", lane, 1)
    assert "处理：" in answer["message_zh"]
    assert "What to do:" in answer["message_en"]


def test_without_anything_held_outside_it_says_that_a_cut_cannot_be_excluded(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.act()

    assert office.verify() == 0
    assert "--against" in capsys.readouterr().out


def test_an_emptied_database_is_found_by_what_is_held_outside(office: Office) -> None:
    office.act()
    office.checkpoint()
    office.hand_out()
    with office.database.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE evidence_entries, evidence_checkpoints")
        connection.exec_driver_sql("UPDATE evidence_lanes SET number = 0, hash = repeat('0', 64)")

    assert office.verify_against() == 1


def test_a_forged_file_convicts_nobody(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.act()
    office.checkpoint()
    office.hand_out()
    forged = json.loads(office.outside.joinpath("checkpoint.json").read_text()) | {"number": 9}
    office.outside.joinpath("forged.json").write_text(json.dumps(forged))

    assert office.verify_against() == 0
    assert "forged.json: checkpoint 9 is not signed by a known key" in capsys.readouterr().out


@pytest.mark.parametrize("trouble", ["no keys", "no witness", "no database"])
def test_what_cannot_be_said_exits_2_with_a_remedy(
    office: Office, trouble: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office.act()
    if trouble == "no keys":
        assert main(["--database-url", office.url, "--keys", str(tmp_path)]) == 2
    elif trouble == "no witness":
        assert office.verify_against() == 2
    else:
        nowhere = "postgresql://nobody@127.0.0.1:9/nothing"
        assert main(["--database-url", nowhere, "--keys", str(office.keys)]) == 2
    said = capsys.readouterr().out
    assert "无法判断：" in said
    assert "请" in said
    assert "Cannot say:" in said


def test_after_a_change_of_keys_the_old_public_key_keeps_old_evidence_good(office: Office) -> None:
    office.act()
    office.checkpoint()
    office.hand_out()
    office.database.close()
    office.keys.joinpath("review.pub.pem").rename(office.keys / "review.2026.pub.pem")
    office.keys.joinpath("review.pem").unlink()
    Keyring.create("review", office.keys)
    office.database = open_database(office.url, office.keys)
    office.act()
    office.checkpoint()

    assert office.verify_against() == 0
    office.keys.joinpath("review.2026.pub.pem").unlink()
    assert office.verify() == 1


def test_a_checkpoint_is_written_only_when_a_head_has_changed(office: Office) -> None:
    office.checkpoint()
    with office.database.reading() as session:
        assert newest_checkpoint(session) is None
    office.act(1)
    office.checkpoint()
    office.checkpoint()
    with office.database.reading() as session:
        newest = newest_checkpoint(session)

    assert newest is not None
    assert newest.number == 1
