"""Keyset cursors, as the kernel makes them for everybody."""

from kernel.cursors import cursor_after, cut, read_cursor

__all__ = ["cursor_after", "cut", "read_cursor"]
