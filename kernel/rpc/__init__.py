"""Calls between processes. What callers need, by its short name."""

from kernel.rpc.caller import Caller
from kernel.rpc.outcomes import OutcomeUnknown, Unavailable

__all__ = ["Caller", "OutcomeUnknown", "Unavailable"]
