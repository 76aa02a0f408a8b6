"""R09: what is named is kept for ever, what nobody named goes after a week, and the scanner stops uploads alone."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from deploy.processes import free_port
from gateway.attachments.naming import NAME, UNNAMED_FOR, remove_unnamed
from gateway.attachments.scanning import scanner_at
from tests.factories.gateway_office import Office, Signed
from tests.integration.gateway.test_attachments import TEXT, lying, named, submitted, uploaded
from tests.support.clamd import EICAR, ScannerPeer


def run_removal(office: Office) -> None:
    with office.work() as work:
        remove_unnamed(work, office.parts.storage)


def a_week_later(office: Office) -> None:
    office.clock.advance(UNNAMED_FOR + timedelta(minutes=1))


def test_R09_a_file_that_is_named_is_kept_however_long(office: Office) -> None:
    client = office.api_client()
    file = named(uploaded(client))
    assert submitted(office, client, file).status_code == 202
    a_week_later(office)
    run_removal(office)
    run_removal(office)
    assert len(lying(office)) == 1


def test_R09_a_file_that_nobody_named_is_given_up_first_and_removed_at_the_next_run(office: Office) -> None:
    client = office.api_client()
    file = named(uploaded(client))
    run_removal(office)
    assert submitted(office, client, file | {"size": 1}).status_code == 422  # looking at it names nothing
    a_week_later(office)
    run_removal(office)
    assert len(lying(office)) == 1
    assert submitted(office, client, file).json["pointer"] == "/content/attachments/0"
    run_removal(office)
    assert lying(office) == []


def test_R09_a_file_uploaded_again_before_it_is_removed_stays(office: Office) -> None:
    client = office.api_client()
    named(uploaded(client))
    a_week_later(office)
    run_removal(office)
    file = named(uploaded(client))
    run_removal(office)
    assert submitted(office, client, file).status_code == 202
    assert len(lying(office)) == 1


def test_R09_bytes_that_another_unit_has_stay_when_one_is_given_up(office: Office) -> None:
    client, neighbour = office.api_client(), office.api_client(unit_id=office.add_unit("河西区"))
    uploaded(client)
    a_week_later(office)
    run_removal(office)
    uploaded(neighbour)
    run_removal(office)
    assert len(lying(office)) == 1


def test_R09_naming_and_giving_up_at_once_never_lose_a_named_file(office: Office) -> None:
    """Whoever comes second waits for the first and sees what it did."""
    client = office.api_client()
    digests = [named(uploaded(client, TEXT + bytes([65 + number])))["digest"] for number in range(8)]
    a_week_later(office)

    def name(digest: str) -> bool:
        values = {"unit": office.unit_id, "digests": [digest], "now": office.clock.now(), "rank": 0}
        with office.work() as work:
            return bool(work.session.connection().exec_driver_sql(NAME, values).scalar_one())

    with ThreadPoolExecutor(4) as pool:
        removals = [pool.submit(run_removal, office) for _ in range(2)]
        told = {digest: pool.submit(name, digest) for digest in digests}
        for removal in removals:
            removal.result()
        kept = {digest for digest, answer in told.items() if answer.result()}
    run_removal(office)
    assert {f"sha256:{path.name}" for path in lying(office)} == kept


def test_R09_a_crash_leaves_no_row_without_its_bytes_and_no_half_file_for_long(office: Office) -> None:
    part = office.parts.storage.folder / "left.part"
    named(uploaded(office.api_client()))
    part.write_bytes(b"half")
    run_removal(office)
    assert part.exists()
    old = part.stat().st_mtime - 90_000
    os.utime(part, (old, old))
    run_removal(office)
    assert not part.exists()
    assert len(lying(office)) == 1


@pytest.fixture
def scanned(office: Office) -> Any:
    """The office with a scanner; its own again afterwards."""
    own = office.parts.scanner
    with ScannerPeer() as peer:
        office.parts.scanner = scanner_at(peer.address)
        yield office
    office.parts.scanner = own


def test_R09_what_the_scanner_finds_is_refused_and_not_kept(scanned: Office) -> None:
    client = scanned.api_client()
    clean, infected = uploaded(client), uploaded(client, b"a" * 5_000 + EICAR)
    assert clean.json["verdict"] == "clean"
    assert (infected.status_code, infected.json["reason"]) == (422, "infected")
    assert "Eicar-Test-Signature" in infected.json["detail"]
    assert len(lying(scanned)) == 1


def test_R09_a_scanner_that_is_away_stops_uploads_but_not_the_signing_of_what_is_there(scanned: Office) -> None:
    client = scanned.api_client()
    file = named(uploaded(client))
    scanned.parts.scanner = scanner_at(f"tcp://127.0.0.1:{free_port()}")
    answer = uploaded(client, TEXT + b"2")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert len(lying(scanned)) == 1
    assert uploaded(client).status_code == 201  # known and clean already
    assert submitted(scanned, client, file).status_code == 202


def test_R09_without_a_scanner_files_are_marked_as_not_scanned(office: Office) -> None:
    assert uploaded(office.api_client()).json["verdict"] == "not_scanned"
    with office.parts.database.reading() as session:
        assert session.scalar(text("SELECT verdict FROM attachments")) == "not_scanned"


def test_R09_many_uploads_of_one_file_at_once_while_it_is_being_removed_leave_it_whole(office: Office) -> None:
    client = office.api_client()
    uploaded(client)
    a_week_later(office)
    run_removal(office)
    tabs = [Signed(office.app.test_client(), client.headers) for _ in range(8)]
    with ThreadPoolExecutor(9) as pool:
        removal = pool.submit(run_removal, office)
        answers = list(pool.map(uploaded, tabs))
        removal.result()
    assert {answer.status_code for answer in answers} == {201}
    assert [path.read_bytes() for path in lying(office)] == [TEXT]
    assert submitted(office, client, named(answers[0])).status_code == 202
