"""Sums under the guards: figures of a package added as intervals, and what must not be added refused."""

from __future__ import annotations

from hxl_kit.summarising.request import Request, make_request
from hxl_kit.summarising.summary import summarise

__all__ = ["Request", "make_request", "summarise"]
