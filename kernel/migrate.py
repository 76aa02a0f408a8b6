"""Bringing a database to the newest schema: the kernel's tables and the service's own."""

from __future__ import annotations

from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from kernel.database import make_engine

log = structlog.get_logger(__name__)

SCHEMA = Path(__file__).parent / "schema"
LOCK_KEY = 7_202_611_000_000_001
"""Advisory lock that lets one process of all that start at once migrate a database."""
WAIT_FOR_OTHER = "120s"
LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "300s"


def upgrade(database_url: str, folder: Path) -> None:
    """Run the kernel's revisions and those in `folder`/migrations/versions to their heads, in one transaction.

    Safe when several processes start at once: one migrates, the others wait and find nothing to do. Blocks up to two
    minutes for another's migration; a table lock is waited for 5 s at most, so that a running service is not stopped
    behind it. Raises `sqlalchemy.exc.DBAPIError`; then nothing was changed.
    """
    engine = make_engine(database_url, pool_size=1, application_name="chengbao-migrate")
    try:
        with engine.begin() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_FOR_OTHER}'"))
            connection.execute(text(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
            config = alembic_config(folder)
            config.attributes["connection"] = connection
            if _is_newer(connection, config):
                log.warning("the database's schema is newer than this program; it is left as it is")
            else:
                command.upgrade(config, "heads")
    finally:
        engine.dispose()


def _is_newer(connection: Connection, config: Config) -> bool:
    """Whether a newer program was here already: old code runs on the new schema (expand and contract)."""
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    return not known.issuperset(MigrationContext.configure(connection).get_current_heads())


def alembic_config(folder: Path) -> Config:
    """Alembic's view of both branches; `folder` is the service's, or its `migrations`."""
    places = [SCHEMA / "versions"]
    own = (folder if folder.name == "migrations" else folder / "migrations") / "versions"
    if own.is_dir():
        places.append(own)
    config = Config()
    config.set_main_option("script_location", str(SCHEMA))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(place) for place in places))
    return config
