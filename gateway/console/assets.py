"""Static files under names that carry their digest, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise

FOLDER = Path(__file__).resolve().parents[1] / "static"
PREFIX = "/static/"
SERVED = frozenset({".css", ".js", ".svg"})


def install(app: Flask) -> None:
    """Serve them in front of the application and make `asset('console.css')` known to the templates."""
    addresses = digested(FOLDER)
    server = WhiteNoise(app.wsgi_app, max_age=0, immutable_file_test=_always, add_headers_function=_add_headers)
    for name, address in addresses.items():
        server.add_file_to_dictionary(address, str(FOLDER / name))
    app.wsgi_app = server  # type: ignore[method-assign]  # Flask's documented way to wrap an application
    app.jinja_env.globals["asset"] = addresses.__getitem__


def digested(folder: Path) -> dict[str, str]:
    """Name below the folder -> address with the first ten digits of the content's SHA-256."""
    return {
        str(path.relative_to(folder)): _address(path.relative_to(folder), path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.suffix in SERVED
    }


def _address(name: Path, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()[:10]
    return PREFIX + str(name.with_name(f"{name.stem}.{digest}{name.suffix}"))


def _always(_path: str, _address: str) -> bool:
    return True


def _add_headers(headers: Mapping[str, str], _path: str, _address: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"  # type: ignore[index]  # wsgiref's Headers
