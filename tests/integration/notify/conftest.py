"""Peers of the notify service."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.peers import MailServer


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()
