"""What a measured process says of itself: one line of JSON, the last that it prints."""

from __future__ import annotations

import json
import resource
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def measured_here() -> Iterator[dict[str, Any]]:
    """Print how many megabytes this process had before the block and at most, its seconds, and what the block says."""
    before, start = _peak(), time.perf_counter()
    said: dict[str, Any] = {}
    yield said
    print(json.dumps({"before": before, "peak": _peak(), "seconds": time.perf_counter() - start, **said}))


def _peak() -> float:
    kilobytes = 1024 if sys.platform != "darwin" else 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * kilobytes / 1e6
