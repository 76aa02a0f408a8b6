"""The bus' exchange, queues and bindings, as the contracts ask for them: show, check, apply."""

from __future__ import annotations

from typing import Any

from contracts import topology as contract
from deploy.operations.installation import OperationFailed
from deploy.preparation import apply_topology
from kernel.bus.topology import EVENTS_EXCHANGE, BusUnreachable, TopologyMismatch, check, queue_name

UNREACHABLE_REMEDY = "请检查总线是否在运行，以及 --broker-url（CHENGBAO_BROKER_URL）是否正确。"


def planned_topology() -> dict[str, Any]:
    """What the contracts ask for."""
    return {
        "version": contract.VERSION,
        "exchange": EVENTS_EXCHANGE,
        "queues": {queue_name(service): sorted(types) for service, types in sorted(contract.CONSUMES.items())},
        "publishes": {
            service: sorted(event.TYPE for event in events) for service, events in sorted(contract.PUBLISHES.items())
        },
        "unconsumed": dict(sorted(contract.UNCONSUMED.items())),
    }


def topology_faults(broker_url: str) -> tuple[str, ...]:
    """What differs on the bus; empty when it is as the contracts say. Raises `OperationFailed` without a bus."""
    try:
        check(broker_url, contract.PUBLISHES, contract.CONSUMES, contract.VERSION)
    except TopologyMismatch as mismatch:
        return mismatch.faults
    except BusUnreachable as error:
        raise OperationFailed(f"总线没有应答：{error}", UNREACHABLE_REMEDY) from error
    return ()


def make_topology(broker_url: str) -> None:
    """Make the bus as the contracts say; nothing that holds messages is deleted. Raises `OperationFailed`."""
    try:
        apply_topology(broker_url)
    except TopologyMismatch as mismatch:
        raise OperationFailed(
            f"总线上的队列与约定不符：{'；'.join(mismatch.faults)}", "请待消费者取完该队列后删除它，再重新执行本命令。"
        ) from mismatch
    except BusUnreachable as error:
        raise OperationFailed(f"总线没有应答：{error}", UNREACHABLE_REMEDY) from error
