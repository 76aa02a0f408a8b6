"""The city's duty list."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ONE = "/v1/duty-shifts/<uuid:shift_id>"

ROUTES = (
    Route("GET", "/v1/duty-shifts", "notify", "list_duty_shifts", "列出值班班次，早的在前", "Shifts, earliest first"),
    Route(
        "POST", "/v1/duty-shifts", "notify", "record_duty_shift", "新排班次", "Record a shift", status=201,
        fresh_id="shift_id", versioned=True,
    ),
    Route("PUT", ONE, "notify", "record_duty_shift", "更改班次", "Change a shift", versioned=True),
    Route(
        "DELETE", ONE, "notify", "remove_duty_shift", "撤销班次", "Take a shift off the list", versioned=True
    ),
    Route("GET", "/v1/duty-officers", "notify", "list_duty_officers", "列出可排班的值班员", "Who can be put on duty"),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
