"""The declarative base of notify's tables."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Tables notify owns: people as projected, contacts, messages, deliveries."""
