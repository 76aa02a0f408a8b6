"""Rows of people: one row for each post, all rows of a person together give the posts whole."""

from __future__ import annotations

from typing import Any, Protocol
from uuid import UUID

from contracts.rpc.directory import Post, RecordPerson
from kernel.ids import new_id
from services.intake.model.directory import Directory
from services.intake.model.directory_rows import Row

MAX_POSTS = 20


class References(Protocol):
    """Finds the unit that a cell names."""

    def reference(self, row: Row, column: str, asking: int | None = None) -> UUID | None: ...


class PeopleRows:
    """The rows of people and whose each of them is."""

    def __init__(self, directory: Directory, rows: list[Row], units: References) -> None:
        self._directory, self._rows, self._units = directory, rows, units
        self.by_id: dict[UUID, list[Row]] = {}
        self._post_rows: dict[UUID, list[Row]] = {}
        self._new: dict[tuple[str, ...], UUID] = {}
        self._by_code = {person.code: person for person in directory.people.values() if person.code}
        self._by_name: dict[tuple[str, UUID], list[RecordPerson]] = {}
        for person in directory.people.values():
            self._by_name.setdefault((person.name.strip(), person.unit_id), []).append(person)

    def read(self) -> list[RecordPerson]:
        """What the rows want recorded; people with a faulty row are left out."""
        homes: dict[UUID, UUID] = {}
        for row in self._rows:
            name, unit_id = row.name(), self._home(row)
            person_id = self._identify(row, name, unit_id) if name and unit_id and row.sound else None
            if person_id is not None and unit_id is not None:
                self.by_id.setdefault(person_id, []).append(row)
                if homes.setdefault(person_id, unit_id) != unit_id:
                    row.fault("unit", "与此人前面一行的所属单位不同。", "Another unit than in the person's first row.")
        found = [self._wanted(person_id, rows, homes[person_id]) for person_id, rows in self.by_id.items()]
        return [person for person in found if person is not None]

    def post_row(self, person_id: UUID, place: int) -> Row:
        """The row that states the post at this place."""
        return self._post_rows[person_id][place]

    def _home(self, row: Row) -> UUID | None:
        return self._units.reference(row, "unit") if row.needed("unit") else None

    def _identify(self, row: Row, name: str, unit_id: UUID) -> UUID | None:
        stated, code = row.uuid("id"), row.code()
        if stated is not None:
            if stated not in self._directory.people:
                row.fault("id", "没有这个编号的人员；新增的请留空。", "Nobody has this id; new ones have none.")
            return stated if row.sound else None
        if not row.sound:
            return None
        if code is not None and code in self._by_code:
            return self._by_code[code].person_id
        held = [person for person in self._by_name.get((name, unit_id), []) if not (code and person.code)]
        if len(held) > 1:
            row.fault(
                "name", f"该单位有 {len(held)} 名同名人员，请填编号或人员编号。",
                "Several people of the unit have this name; state id or code.",
            )
            return None
        if held:
            return held[0].person_id
        return self._new.setdefault(("code", code) if code else ("name", name, str(unit_id)), new_id())

    def _wanted(self, person_id: UUID, rows: list[Row], unit_id: UUID) -> RecordPerson | None:
        held = self._directory.people.get(person_id)
        first = rows[0]
        name, code = first.name(), first.code()
        for row in rows[1:]:
            if row.text("name") != name or row.text("code") != first.text("code"):
                row.fault("name", "与此人前面一行的姓名或人员编号不同。", "Name or code differ from the first row.")
        if not any(row.has("role") for row in rows) and held is not None:
            posts = held.posts
        else:
            posts = self._posts(person_id, rows, unit_id, held)
        if name is None or not all(row.sound for row in rows):
            return None
        kept_code = held.code if held and not first.has("code") else code
        kept_name = held.name if held and held.name.strip() == name else name
        return RecordPerson(person_id=person_id, name=kept_name, unit_id=unit_id, posts=posts, code=kept_code)

    def _posts(self, person_id: UUID, rows: list[Row], home: UUID, held: RecordPerson | None) -> list[Post]:
        found = [(row, post) for row in rows if (post := self._post(row, home, held)) is not None]
        if len(found) > MAX_POSTS:
            found[MAX_POSTS][0].fault("role", f"一人最多 {MAX_POSTS} 个岗位。", f"At most {MAX_POSTS} posts a person.")
        self._post_rows[person_id] = [row for row, _ in found]
        return [post for _, post in found[:MAX_POSTS]]

    def _post(self, row: Row, home: UUID, held: RecordPerson | None) -> Post | None:
        role, title = row.role(), row.name("title")
        unit_id = self._units.reference(row, "post_unit") if row.text("post_unit") else home
        deputy, full_time = row.choice("deputy", "是", "否"), row.choice("full_time", "专职", "兼职")
        valid_from, valid_to = row.day("valid_from"), row.day("valid_to")
        if role is None:
            if row.sound and any(row.text(column) for column in ("title", "post_unit", "valid_from", "valid_to")):
                row.needed("role")
            return None
        if row.needed("valid_from") is None or valid_from is None or unit_id is None or not row.sound:
            return None
        known = _held_post(held, title, (unit_id, role, valid_from))
        return Post(
            unit_id=unit_id, role=role, title=known.title if known else title or role.label,
            deputy=bool(deputy) if row.has("deputy") else bool(known and known.deputy),
            full_time=full_time if row.has("full_time") else known and known.full_time,
            valid_from=valid_from,
            valid_to=valid_to if row.has("valid_to") else known and known.valid_to,
        )


def _held_post(held: RecordPerson | None, title: str | None, signs: tuple[Any, ...]) -> Post | None:
    """The post that is held already; its title may have had blanks around it."""
    posts = [post for post in (held.posts if held else []) if (post.unit_id, post.role, post.valid_from) == signs]
    return next((post for post in posts if title in {None, post.title.strip()}), None)
