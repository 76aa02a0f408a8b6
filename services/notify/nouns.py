"""What notify keeps, by the field that names it in a request (`kernel.nouns`)."""

from __future__ import annotations

from contracts.rpc.refused_attempts import AttemptKind
from kernel.nouns import Noun, Nouns
from services.notify.model.contacts import Contact
from services.notify.model.secrecy import Withheld
from services.notify.queries.contacts import visible_contact
from services.notify.queries.secrecy import visible_raising

NOUNS: Nouns = {
    "person_id": Noun(AttemptKind.PERSON, Contact.person_id, visible_contact),
    "report_id": Noun(AttemptKind.REPORT, Withheld.report_id, visible_raising),
}
