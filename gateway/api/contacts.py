"""Addresses of people for e-mail and SMS; notify owns them."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route(
        "GET", "/v1/contacts/<uuid:person_id>", "notify", "get_contact", "查看联系方式", "A person's addresses",
        versioned=True,
    ),
    Route(
        "PUT", "/v1/contacts/<uuid:person_id>", "notify", "record_contact", "登记联系方式",
        "Record a person's addresses", versioned=True,
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
