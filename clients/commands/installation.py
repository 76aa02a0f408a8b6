"""Which installation an operator's command works on, and how the operators' code is called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clients.output import CommandFailed

if TYPE_CHECKING:
    from deploy.operations.installation import Installation

Root = Annotated[Path, typer.Option(envvar="CHENGBAO_ROOT", help="Folder of the running city (make run: var).")]
CityFile = Annotated[
    Path | None, typer.Option("--city", help="Description of an installation that our launcher does not run (JSON).")
]
As = Annotated[str, typer.Option("--as", help="Login of the operator who acts; goes into the evidence.")]

DEFAULT_ROOT = Path("var")


def find(root: Path, city: Path | None) -> Installation:
    """The installation. Raises `CommandFailed` when there is none."""
    from deploy.operations.installation import find_installation

    with told():
        return find_installation(root, city)


@contextmanager
def told() -> Iterator[None]:
    """What the operators' code may raise, as the command line says it."""
    from deploy.operations.installation import OperationFailed

    try:
        yield
    except OperationFailed as failure:
        raise CommandFailed(str(failure), failure.remedy) from failure
