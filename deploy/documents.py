"""Writes the documents made from code: `python -m deploy.documents`; a test compares them with what is committed.

`contracts/openapi.json` is made by `gateway/api/document.py`, `contracts/asyncapi.json` here from the topology.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from contracts.topology import CONSUMES, PUBLISHES, UNCONSUMED, VERSION, event_types
from gateway.api import document
from kernel.bus.topology import EVENTS_EXCHANGE, queue_name
from kernel.envelope import Envelope

CONTRACTS = Path(__file__).parents[1] / "contracts"
REFERENCE = "#/components/schemas/{model}"


def build_asyncapi() -> dict[str, Any]:
    """AsyncAPI 3: a channel and a message for each event type, what each service sends and receives."""
    types = event_types()
    models: list[type[BaseModel]] = [Envelope, *types.values()]
    references, definitions = models_json_schema(
        [(model, "serialization") for model in models], ref_template=REFERENCE
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "呈报 Chengbao",
            "version": str(VERSION),
            "description": "服务之间的事件。Events between the services, as CloudEvents 1.0 in JSON.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {_key(name): _channel(name, model.__doc__) for name, model in sorted(types.items())},
        "operations": {**_sending(), **_receiving()},
        "components": {
            "messages": {
                _key(name): _message(name, references[(model, "serialization")])
                for name, model in sorted(types.items())
            },
            "schemas": dict(sorted(definitions["$defs"].items())),
        },
    }


def _key(event_type: str) -> str:
    return event_type.replace(".", "_")


def _channel(event_type: str, text: str | None) -> dict[str, Any]:
    unconsumed = UNCONSUMED.get(event_type)
    return {
        "address": event_type,
        "description": " ".join((text or "").split()) + (f" Not consumed: {unconsumed}." if unconsumed else ""),
        "messages": {_key(event_type): {"$ref": f"#/components/messages/{_key(event_type)}"}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": EVENTS_EXCHANGE, "type": "topic", "durable": True},
            }
        },
    }


def _message(event_type: str, data: dict[str, Any]) -> dict[str, Any]:
    envelope = {"$ref": REFERENCE.format(model=Envelope.__name__)}
    fields = {"type": {"const": event_type}, "data": data}
    return {"name": event_type, "payload": {"allOf": [envelope, {"type": "object", "properties": fields}]}}


def _sending() -> dict[str, Any]:
    return {
        f"{service}_sends_{_key(model.TYPE)}": {
            "action": "send",
            "channel": {"$ref": f"#/channels/{_key(model.TYPE)}"},
        }
        for service, models in sorted(PUBLISHES.items())
        for model in sorted(models, key=lambda model: model.TYPE)
    }


def _receiving() -> dict[str, Any]:
    return {
        f"{service}_receives_{_key(name)}": {
            "action": "receive",
            "channel": {"$ref": f"#/channels/{_key(name)}"},
            "bindings": {"amqp": {"ack": True}},
            "description": f"Queue {queue_name(service)}: durable, quorum, no delivery limit.",
        }
        for service, names in sorted(CONSUMES.items())
        for name in sorted(names)
    }


def documents() -> dict[Path, str]:
    """Every made document and where it is committed."""
    return {
        CONTRACTS / "openapi.json": document.text_of(document.build()),
        CONTRACTS / "asyncapi.json": json.dumps(build_asyncapi(), ensure_ascii=False, indent=1) + "\n",
    }


if __name__ == "__main__":
    for path, text in documents().items():
        path.write_text(text, encoding="utf-8")
