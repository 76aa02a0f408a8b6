"""A city is backed up while it works, and stands up again in an empty folder: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from clients.client import Client
from deploy.city import City, running
from deploy.demo_people import DEMO
from deploy.operations.backup import make_backup
from deploy.operations.evidence import exit_status, verify_all
from deploy.operations.installation import OperationFailed, find_installation
from deploy.operations.restore import NUMBERS_SKIPPED, Restored, restore_backup
from deploy.processes import wait_until
from deploy.seeding import Seeds
from tests.support.city import copy_city

PATIENCE = 60.0


def untold(_step: str, _done: int, _total: int) -> None:
    """Nobody watches."""


@dataclass
class Story:
    """A city with two reports, the second under way on the bus, a third after the backup; and the city restored."""

    city: City
    seeds: Seeds
    restored: Restored
    desk: dict[str, Any]
    early: dict[str, Any]
    under_way: dict[str, Any]
    late: dict[str, Any]
    receipts: Path


def submit(city: City, seeds: Seeds, title: str) -> dict[str, Any]:
    act = {
        "content": {"kind": "development", "title": title, "body": f"{title}。全文。"},
        "author_id": str(DEMO.person("hexi.wang").person_id),
        "signer_id": str(DEMO.person("hexi.li").person_id),
    }
    with Client(city.base_url, seeds.client_token) as client:
        return client.submit_report(act)


def desk(city: City, seeds: Seeds, wanted: str) -> dict[str, Any]:
    """What lies on it once the report of the `wanted` receipt has come."""
    with Client(city.base_url) as editor:
        editor.sign_in("editor", seeds.password("editor"))

        def titles() -> dict[str, Any]:
            return {item["receipt_number"]: item["title"] for item in editor.pages("/v1/queue")}

        assert wait_until(lambda: wanted in titles(), PATIENCE)
        return titles()


def freeze_review(city: City) -> None:
    """Stop it between two transactions: in one it might hold a lock that the backup would wait for in vain."""
    busy = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND xact_start < now()"

    def stopped() -> bool:
        os.kill(city.pid("review"), signal.SIGSTOP)
        if wait_until(lambda: database.execute(busy).fetchone() is None, 1.0):
            return True
        os.kill(city.pid("review"), signal.SIGCONT)
        return False

    with psycopg.connect(city.database_url("review"), autocommit=True) as database:
        assert wait_until(stopped, PATIENCE)


def registered(city: City, seeds: Seeds) -> list[str]:
    with Client(city.base_url, seeds.client_token) as client:
        return [number for report in client.pages("/v1/reports") for number in report["receipt_numbers"]]


@pytest.fixture(scope="module")
def story(
    seeded_folder: tuple[Path, Seeds], servers_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    seeds = seeded_folder[1]
    work = tmp_path_factory.mktemp("backup")
    receipts = work / "receipts"
    receipts.mkdir()
    with running(City(copy_city(seeded_folder[0], servers_folder))) as city:
        early = submit(city, seeds, "备份之前到编辑处的信息")
        desk(city, seeds, early["number"])
        freeze_review(city)  # from here on nothing reaches the desk
        under_way = submit(city, seeds, "备份时在途的信息")
        assert wait_until(lambda: under_way["number"] in registered(city, seeds), PATIENCE)
        make_backup(find_installation(city.root), work / "city.backup", untold)
        os.kill(city.pid("review"), signal.SIGCONT)
        late = submit(city, seeds, "备份之后收到的信息")
    for receipt in (early, under_way, late):
        (receipts / f"{receipt['number']}.json").write_text(json.dumps(receipt))
    fresh = servers_folder / "restored"
    restored = restore_backup(work / "city.backup", fresh, untold)
    with running(City(fresh)) as city:
        yield Story(city, seeds, restored, desk(city, seeds, under_way["number"]), early, under_way, late, receipts)


def test_F19_the_restored_city_has_the_report_its_receipt_and_its_place_on_the_desk(story: Story) -> None:
    with Client(story.city.base_url, story.seeds.client_token) as client:
        answer = client.get(f"/v1/receipts/{story.early['number']}")
    assert answer["progress"]["state"] == "on_the_desk"
    assert story.desk[story.early["number"]] == "备份之前到编辑处的信息"


def test_F19_what_was_under_way_on_the_bus_is_sent_again_and_takes_effect_once(story: Story) -> None:
    assert story.restored.sent_again >= 1
    assert sorted(story.desk) == sorted([story.early["number"], story.under_way["number"]])
    assert sorted(registered(story.city, story.seeds)) == sorted(story.desk)


def test_F19_the_evidence_of_the_restored_city_verifies_against_receipts_from_before(
    story: Story, tmp_path: Path
) -> None:
    for receipt in (story.early, story.under_way):
        (tmp_path / f"{receipt['number']}.json").write_text(json.dumps(receipt))
    found = list(verify_all(find_installation(story.city.root), tmp_path))
    assert exit_status(found) == 0
    assert {one.owner: one.verdict.witnesses for one in found}["gateway"] == 2


def test_F19_a_receipt_later_than_the_backup_is_reported_missing(story: Story) -> None:
    found = {one.owner: one for one in verify_all(find_installation(story.city.root), story.receipts)}
    assert found["gateway"].verdict.status == "tampered"
    place = story.late["audit"]
    assert (place["lane"], place["number"]) in [(bad.lane, bad.number) for bad in found["gateway"].verdict.findings]


def test_F19_a_number_given_after_the_backup_is_never_given_again(story: Story) -> None:
    fresh = submit(story.city, story.seeds, "恢复之后的信息")
    assert int(fresh["number"].partition("-")[2]) > int(story.late["number"].partition("-")[2]) + NUMBERS_SKIPPED - 100


def test_a_folder_that_holds_anything_is_refused(story: Story) -> None:
    with pytest.raises(OperationFailed, match="不是空目录"):
        restore_backup(story.receipts.parent / "city.backup", story.city.root, untold)


@pytest.mark.parametrize("place", [0.3, 0.6, 0.9])
def test_F19_a_damaged_backup_is_refused_and_leaves_nothing(story: Story, tmp_path: Path, place: float) -> None:
    whole = bytearray((story.receipts.parent / "city.backup").read_bytes())
    first = int(len(whole) * place)
    whole[first : first + 2048] = bytes(byte ^ 0x55 for byte in whole[first : first + 2048])
    (tmp_path / "damaged").write_bytes(whole)
    with pytest.raises(OperationFailed, match="已损坏"):
        restore_backup(tmp_path / "damaged", tmp_path / "city", untold)
    assert not (tmp_path / "city").exists()


def test_F19_a_backup_cut_short_is_refused(story: Story, tmp_path: Path) -> None:
    whole = (story.receipts.parent / "city.backup").read_bytes()
    (tmp_path / "short").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(OperationFailed, match="已损坏"):
        restore_backup(tmp_path / "short", tmp_path / "city", untold)
