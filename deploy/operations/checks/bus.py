"""Whether the bus answers, is set up as the contracts say, and what its clock says."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from deploy.operations.checks.databases import clock_offset
from deploy.operations.findings import Finding, Level
from deploy.operations.installation import Installation, OperationFailed
from deploy.operations.topology import topology_faults
from kernel.bus.schema import postgres_url


def examine_bus(installation: Installation) -> Iterator[Finding]:
    try:
        faults = topology_faults(installation.broker_url)
    except OperationFailed as failure:
        yield Finding("broker", "bus", Level.TROUBLE, str(failure), failure.remedy)
        return
    if faults:
        yield Finding(
            "broker", "bus", Level.TROUBLE, f"与约定不符：{'；'.join(faults)}", "执行 chengbao topology apply。"
        )
    else:
        yield Finding("broker", "bus", Level.OK, "总线应答，队列与绑定符合约定")
    yield from _clock(installation)


def _clock(installation: Installation) -> Iterator[Finding]:
    """RabbitMQ tells nobody its time over AMQP; no time of ours is taken from it either."""
    if installation.broker_url.startswith("pgbus://"):
        with psycopg.connect(postgres_url(installation.broker_url), connect_timeout=5, autocommit=True) as connection:
            yield clock_offset(connection, "bus")
    else:
        yield Finding("clock_offset", "bus", Level.OK, "RabbitMQ 不提供时钟；系统不使用其时间")
