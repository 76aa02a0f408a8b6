"""The bus. Importing it makes the scheme `pgbus://` known to kombu, and so to nameko, beside `amqp://`."""

from kombu.transport import TRANSPORT_ALIASES

TRANSPORT_ALIASES["pgbus"] = "kernel.bus.postgres:Transport"
