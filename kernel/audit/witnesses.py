"""Witnesses: what units and the audit administrator hold of the evidence, as files.

Two kinds of JSON document are understood. An exported checkpoint fixes every lane up to its heads. A document with an
audit reference (receipt, issue, bulletin) fixes its own entry, and by number and root the checkpoint that was newest
when it was given; an issue or bulletin as saved from the API carries its own in `evidence.document`. Only genuine ones
count: anybody can write a file. A saved mail (`*.eml`, or its text in `*.txt`) is searched for exported checkpoints.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import rfc8785
from sqlalchemy.orm import Session

from kernel.audit.checkpoints import Checkpoint, checkpoint_from, newest_checkpoint
from kernel.audit.keys import PublicKeys, key_id, service_of, signature_bytes, signed_by
from kernel.database import EntryRef
from kernel.principal import Keyring


class NotAWitness(Exception):
    """This document witnesses nothing: it is of another kind, or no known key signed it. Get the original."""


@dataclass(frozen=True)
class Witness:
    """What one document held outside says about a database's evidence."""

    source: str
    """Name of the file or document, for people."""
    service: str
    entry: EntryRef | None = None
    checkpoint_number: int | None = None
    checkpoint_root: str | None = None
    checkpoint: Checkpoint | None = None
    """The whole checkpoint, when the document is an exported one."""


def witness_of(document: Mapping[str, Any], public_keys: PublicKeys, source: str = "") -> Witness:
    """The witness a document is. Raises `NotAWitness` when it is of another kind or not genuine."""
    if document.get("kind") == "chengbao-checkpoint":
        return _exported(document, public_keys, source)
    evidence = document.get("evidence")
    if isinstance(evidence, Mapping) and isinstance(evidence.get("document"), str):
        document = _carried(evidence["document"])
    if isinstance(document.get("audit"), Mapping):
        return _with_audit_reference(document, public_keys, source)
    raise NotAWitness("neither an exported checkpoint nor a document with an audit reference")


def signed_document(document: Mapping[str, Any], keyring: Keyring) -> dict[str, Any]:
    """The document, which bears its audit reference, with this process's key id and signature: a witness."""
    statement = {**document, "key_id": key_id(keyring.name, keyring.private_key.public_key())}
    signature = keyring.private_key.sign(rfc8785.dumps(statement))
    return statement | {"signature": base64.b64encode(signature).decode()}


def audit_reference(session: Session, entry: EntryRef) -> dict[str, Any]:
    """A document's own entry, and number and root of the newest checkpoint when there is one."""
    reference: dict[str, Any] = {"lane": entry.lane, "number": entry.number, "hash": entry.hash}
    newest = newest_checkpoint(session)
    if newest is not None:
        reference |= {"checkpoint_number": newest.number, "checkpoint_root": newest.root}
    return reference


def read_witnesses(folder: Path, public_keys: PublicKeys) -> Iterator[Witness | tuple[str, str]]:
    """The witnesses in the files of a folder and those below it; (file, reason) for what is none."""
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in DOCUMENTS):
        name = str(path.relative_to(folder))
        try:
            documents = DOCUMENTS[path.suffix.lower()](path.read_bytes())
        except (NotAWitness, ValueError, LookupError) as error:
            yield name, str(error)
            continue
        for document in documents:
            try:
                yield witness_of(document, public_keys, name)
            except (NotAWitness, ValueError) as error:
                yield name, str(error)


def _in_json(content: bytes) -> list[dict[str, Any]]:
    document = json.loads(content)
    if not isinstance(document, dict):
        raise NotAWitness("not a JSON object")
    return [document]


def _in_mail(content: bytes) -> list[dict[str, Any]]:
    mail = message_from_bytes(content, policy=policy.default)
    body = mail.get_body(("plain",)) if isinstance(mail, EmailMessage) else None
    if not isinstance(body, EmailMessage):
        raise NotAWitness("the mail has no text")
    return _in_words(str(body.get_content()))


def _in_text(content: bytes) -> list[dict[str, Any]]:
    # What counts is ASCII: in whatever encoding a mail program saves Chinese, it can be found.
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return _in_words(content.decode("utf-16" if wide else "utf-8", "replace"))


def _in_words(words: str) -> list[dict[str, Any]]:
    """Every exported checkpoint that stands in a text, whatever stands around it."""
    found = [json.JSONDecoder().raw_decode(words, place.start())[0] for place in EXPORTED.finditer(words)]
    if not found:
        raise NotAWitness("no checkpoint stands in this text")
    return found


EXPORTED = re.compile(r'\{\s*"kind":\s*"chengbao-checkpoint"')
DOCUMENTS = {".json": _in_json, ".eml": _in_mail, ".txt": _in_text}
"""How a file held outside is read, by the end of its name."""


def _carried(text: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise NotAWitness("its evidence holds no JSON document") from error
    return document if isinstance(document, dict) else {}


def _exported(document: Mapping[str, Any], public_keys: PublicKeys, source: str) -> Witness:
    try:
        made = checkpoint_from(dict(document))
    except ValueError as error:
        raise NotAWitness(str(error)) from error
    if not made.is_genuine(public_keys):
        raise NotAWitness(f"checkpoint {made.number} is not signed by a known key ({made.key_id})")
    return Witness(source, made.service, checkpoint_number=made.number, checkpoint_root=made.root, checkpoint=made)


def _with_audit_reference(document: Mapping[str, Any], public_keys: PublicKeys, source: str) -> Witness:
    service = service_of(str(document.get("key_id", "")))
    if not _is_signed(document, service, public_keys):
        raise NotAWitness(f"the document is not signed by a known key of {service or 'anybody'}")
    audit = document["audit"]
    try:
        entry = EntryRef(int(audit["lane"]), int(audit["number"]), str(audit["hash"]))
    except (KeyError, TypeError, ValueError) as error:
        raise NotAWitness("its audit reference has no lane, number and hash") from error
    return Witness(source, service, entry, audit.get("checkpoint_number"), audit.get("checkpoint_root"))


def _is_signed(document: Mapping[str, Any], service: str, public_keys: PublicKeys) -> bool:
    """Ed25519 over the canonical JSON of the document without its signature, by any key its service ever had."""
    try:
        message = rfc8785.dumps({name: value for name, value in document.items() if name != "signature"})
        signature = signature_bytes(str(document.get("signature", "")))
    except (ValueError, rfc8785.CanonicalizationError):
        return False
    keys = (key for identity, key in public_keys.items() if service_of(identity) == service)
    return any(signed_by(key, signature, message) for key in keys)
