"""The word for "frictionless must decide this as a whole"."""

from __future__ import annotations


class UnprovenError(Exception):
    """The bulk reading cannot vouch for this resource; the message says why."""
