"""The operator's commands on a running city: each is typed as an operator types it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from click.testing import Result
from typer.testing import CliRunner

from clients.cli import application
from deploy.city import City
from deploy.demo_people import DEMO
from deploy.operations.checks.databases import deliveries, examine_databases, unsent_events
from deploy.operations.findings import Finding, Level
from deploy.operations.installation import find_installation
from deploy.processes import wait_until
from deploy.seeding import Refused
from kernel.clock import SystemClock
from kernel.ids import new_id
from tests.support.city import Visitors


def chengbao(city: City, *arguments: str) -> Result:
    return CliRunner().invoke(application, list(arguments), env={"CHENGBAO_ROOT": str(city.root)})


def answer(city: City, *arguments: str, status: int = 0) -> Any:
    done = chengbao(city, *arguments, "--json")
    assert done.exit_code == status, done.stderr or done.stdout
    return json.loads(done.stdout)


def park(city: City, service: str = "scoring", body: bytes = b"no event at all") -> UUID:
    """A parked event, as the inbox would have left it."""
    held_id = new_id()
    with psycopg.connect(city.database_url(service), autocommit=True) as database:
        database.execute(
            "INSERT INTO held (id, key, event_id, type, subject, state, body, reason)"
            " VALUES (%s, %s, %s, 'unit.recorded', '', 'parked', %s, 'tried in a test')",
            (held_id, str(held_id), new_id(), body),
        )
    return held_id


def state_of(city: City, held_id: UUID) -> str:
    return str(answer(city, "parked", "show", str(held_id))["state"])


def acts(city: City, service: str, act: str) -> list[tuple[str, str]]:
    """Who did this, and the details, from the evidence."""
    with psycopg.connect(city.database_url(service)) as database:
        found = database.execute("SELECT principal_name, detail FROM evidence_entries WHERE act = %s", (act,))
        return [(row[0], row[1]) for row in found]


@pytest.fixture(scope="module")
def second_operator(visitors: Visitors) -> str:
    """The duty officer, granted the operator's role by two security administrators."""
    with visitors.person("sysadmin") as sysadmin, visitors.person("secadmin1") as proposer:
        accounts = sysadmin.get("/v1/accounts", limit="200")["items"]
        account_id = next(one["account_id"] for one in accounts if one["login"] == "duty")
        grant = proposer.post("/v1/grants", {"account_id": account_id, "role": "operator"})
    with visitors.person("secadmin2") as approver:
        approver.post(f"/v1/grants/{grant['grant_id']}/approval")
    return "duty"


# Refused attempts


def test_issue4_refused_attempts_of_the_gateway_and_the_services_are_listed(
    city: City, visitors: Visitors
) -> None:
    with visitors.person("hexi.wang") as officer, pytest.raises(Refused):
        officer.get("/v1/grants")
    listed = answer(city, "audit", "attempts", "--reason", "role", "--service", "gateway")["items"]
    assert "GET /v1/grants" in [one["method"] for one in listed]
    assert "无此角色或权限" in chengbao(city, "audit", "attempts").stdout


# Parked events


def test_parked_events_of_all_databases_are_listed_without_their_content(city: City) -> None:
    ours = {str(park(city, service, b"secret words")) for service in ("review", "gateway")}
    done = chengbao(city, "parked", "list", "--json")
    listed = {one["id"]: one["service"] for one in json.loads(done.stdout)["items"]}
    assert {listed[held_id] for held_id in ours} == {"review", "gateway"}
    assert "secret words" not in done.stdout


def test_a_released_event_is_tried_again_and_the_operator_stands_in_the_evidence(city: City) -> None:
    held_id = park(city)
    answer(city, "parked", "release", str(held_id), "--as", "operator")
    # It is still no event, so it is parked again: with a reason of the inbox's own.
    assert wait_until(lambda: answer(city, "parked", "show", str(held_id))["reason"] != "tried in a test", 60)
    assert ("运维员", True) in [
        (name, "unit.recorded" in detail) for name, detail in acts(city, "scoring", "release_parked_event")
    ]


def test_discarding_takes_a_second_person_and_a_reason(city: City, second_operator: str) -> None:
    held_id = park(city)
    alone = chengbao(
        city, *("parked", "discard", str(held_id), "--as", "operator", "--second", "operator", "--reason", "x")
    )
    assert (alone.exit_code, state_of(city, held_id)) == (1, "parked")
    assert "另一人" in alone.stderr
    arguments = ("--as", "operator", "--second", second_operator, "--reason", "试运行时误发")
    assert answer(city, "parked", "discard", str(held_id), *arguments)["state"] == "discarded"
    assert any("试运行时误发" in detail for _, detail in acts(city, "scoring", "discard_parked_event"))


@pytest.mark.parametrize(("login", "words"), [("editor", "没有“运维员”权限"), ("nobody", "没有可用的账户 nobody")])
def test_who_is_no_operator_may_not_release(city: City, login: str, words: str) -> None:
    held_id = park(city)
    done = chengbao(city, "parked", "release", str(held_id), "--as", login)
    assert (done.exit_code, state_of(city, held_id)) == (1, "parked")
    assert words in done.stderr


def test_an_unknown_id_is_refused_with_what_to_do(city: City) -> None:
    done = chengbao(city, "parked", "show", str(new_id()))
    assert done.exit_code == 1
    assert "chengbao parked list" in done.stderr


# Evidence


def test_checkpoints_taken_outside_witness_every_database(city: City, tmp_path: Path) -> None:
    exported = answer(city, "audit", "export", str(tmp_path))["files"]
    assert len(exported) == 5
    found = answer(city, "audit", "verify", "--against", str(tmp_path))
    assert {one["service"]: one["witnesses"] for one in found["databases"]} == dict.fromkeys(
        ("gateway", "intake", "notify", "review", "scoring"), 1
    )


def test_a_folder_without_any_witness_leaves_the_verdict_open(city: City, tmp_path: Path) -> None:
    (tmp_path / "letter.json").write_text("{}")
    assert answer(city, "audit", "verify", "--against", str(tmp_path), status=2)["status"] == 2


# Topology, settings, directory


def test_the_bus_of_a_running_city_is_as_the_contracts_say(city: City) -> None:
    assert answer(city, "topology", "check") == {"agrees": True, "faults": []}


def test_a_binding_taken_away_is_found_and_made_again(city: City) -> None:
    with psycopg.connect(city.database_url("bus"), autocommit=True) as bus:
        bus.execute("DELETE FROM bus.binding WHERE routing_key = 'issue.published'")
    assert "issue.published" in answer(city, "topology", "check", status=1)["faults"][0]
    answer(city, "topology", "apply")
    assert answer(city, "topology", "check")["agrees"]


def test_the_settings_of_a_running_process_are_shown_without_its_passwords(city: City) -> None:
    done = chengbao(city, "settings", "--process", "review", "--json")
    shown = {one["variable"]: one["value"] for one in json.loads(done.stdout)["settings"]}
    assert shown["CHENGBAO_KEYS_DIR"] == str(city.root / "keys" / "review")
    assert city.database_url("review").split(":")[2].split("@")[0] not in done.stdout


def test_a_projection_that_was_lost_is_rebuilt_from_the_owner(city: City) -> None:
    def units() -> int:
        with psycopg.connect(city.database_url("scoring"), autocommit=True) as scoring:
            row = scoring.execute("SELECT count(*) FROM units").fetchone()
            assert row is not None
            return int(row[0])

    before = units()
    with psycopg.connect(city.database_url("scoring"), autocommit=True) as scoring:
        scoring.execute("DELETE FROM units")
    answer(city, "rebuild", "--as", "operator")
    assert wait_until(lambda: units() == before > 0, 60)


def test_R11_topics_of_reports_from_before_the_desk_kept_them_filled_in(city: City, visitors: Visitors) -> None:
    with visitors.client() as client:
        content = {"kind": "development", "title": "补齐", "body": "正文。", "topic": "民生", "leaning": "good_news"}
        sent = client.post(
            "/v1/reports", headers={"Idempotency-Key": "topics"},
            json={"content": content, "author_name": "王敏", "signer_id": str(DEMO.person("hexi.li").person_id)},
        )  # fmt: skip
    report_id = sent.json()["report_id"]

    def described(empty: bool = False) -> tuple[Any, ...] | None:
        act = "UPDATE desk_items SET topic = NULL, leaning = NULL WHERE report_id = %s RETURNING topic, leaning"
        look = "SELECT topic, leaning FROM desk_items WHERE report_id = %s"
        with psycopg.connect(city.database_url("review"), autocommit=True) as review:
            return review.execute(act if empty else look, (report_id,)).fetchone()

    assert wait_until(lambda: described() == ("民生", "good_news"), 60)
    assert described(empty=True) == (None, None)
    assert answer(city, "rebuild", "--as", "operator")["topics_filled"] == 1
    assert described() == ("民生", "good_news")
    assert answer(city, "rebuild", "--as", "operator")["topics_filled"] == 0


def test_where_no_city_runs_the_command_says_what_to_do(city: City, tmp_path: Path) -> None:
    done = chengbao(city, "parked", "list", "--root", str(tmp_path))
    assert done.exit_code == 1
    assert "make run" in done.stderr


def test_the_clock_of_an_ordinary_city_cannot_be_pushed(city: City) -> None:
    done = chengbao(city, "clock", "push", "2h", "--root", str(city.root))
    assert done.exit_code == 1
    assert "真实时钟" in done.stderr


# Doctor


def findings(city: City) -> dict[tuple[str, str], Finding]:
    return {(one.check, one.subject): one for one in examine_databases(find_installation(city.root))}


def test_the_doctor_finds_a_city_without_mail_and_backup_worth_attention(city: City) -> None:
    document = answer(city, "doctor", status=1)
    levels = {(one["check"], one["subject"]): one["level"] for one in document["findings"]}
    assert levels["backup", "city"] == levels["mail", "notify"] == levels["sms", "notify"] == "warning"
    assert levels["process", "gateway"] == levels["broker", "bus"] == levels["durability", "gateway"] == "ok"
    assert levels["migrations", "intake"] == levels["checkpoint", "intake"] == levels["clock_offset", "bus"] == "ok"
    assert all(one["remedy"] for one in document["findings"] if one["level"] != "ok")


def test_durability_switched_off_is_trouble(city: City) -> None:
    with psycopg.connect(city.database_url("gateway"), autocommit=True) as database:
        database.execute("ALTER ROLE CURRENT_USER SET synchronous_commit = off")
        try:
            found = findings(city)["durability", "gateway"]
        finally:
            database.execute("ALTER ROLE CURRENT_USER RESET synchronous_commit")
    assert (found.level, found.blocks_restart) == (Level.TROUBLE, True)
    assert "synchronous_commit" in found.figure


def test_an_event_unsent_for_long_is_trouble(city: City) -> None:
    with psycopg.connect(city.database_url("review")) as database:
        database.execute(
            "INSERT INTO outbox (id, type, envelope, written_at) VALUES (%s, 'x.tried', '{}', %s)",
            (new_id(), SystemClock().now() - timedelta(hours=1)),
        )
        found = unsent_events(database, "review")
        database.rollback()
    assert found.level == Level.TROUBLE
    assert "1 个事件待发" in found.figure


def test_a_message_being_sent_speaks_against_a_restart(city: City) -> None:
    message, delivery = new_id(), new_id()
    now = SystemClock().now()
    with psycopg.connect(city.database_url("notify")) as database:
        database.execute(
            "INSERT INTO messages (message_id, message, cause_id, person_id, person_name, subject, body, created_at)"
            " VALUES (%s, 'x', %s, %s, '某人', 'x', 'x', %s)",
            (message, new_id(), new_id(), now),
        )
        database.execute(
            "INSERT INTO deliveries (delivery_id, message_id, version, channel, address, content, state, attempts,"
            " next_try_at, possible_double, captured)"
            " VALUES (%s, %s, 1, 'email', 'x', 'x', 'sending', 1, %s, false, false)",
            (delivery, message, now + timedelta(hours=1)),
        )
        found = deliveries(database)
        database.rollback()
    assert (found.level, found.blocks_restart) == (Level.WARNING, True)
