"""The word for "frictionless must decide this as a whole"."""

from __future__ import annotations


class UnprovenError(Exception):
    """The bulk reading cannot vouch for this resource; the message says why."""

    @staticmethod
    def reason(error: Exception) -> str:
        """Return why the bulk reading stopped: an UnprovenError's message, or that of a fault."""
        return str(error) if isinstance(error, UnprovenError) else f"fault: {type(error).__name__}"
