"""Notify's tables are what its migrations make."""

from __future__ import annotations

from collections.abc import Callable

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from kernel.database import make_engine
from services.notify.model import contacts, messages
from services.notify.model.base import Base


def test_models_and_migrations_are_the_same(migrated_database: Callable[[str], str]) -> None:
    owned = {contacts.Person.__tablename__, messages.Message.__tablename__} | set(Base.metadata.tables)
    engine = make_engine(migrated_database("notify"), pool_size=1)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _: kind != "table" or name in owned}
        )
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert differences == []
