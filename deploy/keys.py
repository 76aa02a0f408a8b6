"""The signing keys of a city: one pair per process name, each process sees its own private half only."""

from __future__ import annotations

import shutil
from pathlib import Path

from deploy.layout import KEY_NAMES
from kernel.principal import Keyring


def issue_keys(folder: Path) -> None:
    """Make what is missing in `folder`/<name>/: the private key of that name and everybody's public keys.

    Public keys that were there stay, so that old signatures can be checked for ever.
    """
    for name in KEY_NAMES:
        Keyring.create(name, folder / name)
    for public in sorted(folder.glob("*/*.pub.pem")):
        for name in KEY_NAMES:
            copy = folder / name / public.name
            if not copy.exists():
                shutil.copy(public, copy)
