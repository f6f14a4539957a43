"""What the matrix consists of: which faults strike which requests, when, and how often."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LASTING = 999
"""How often a fault strikes that does not pass during a run."""

ANSWERS = ("429", "500", "502", "503", "504", "401", "403", "reset", "truncated", "html", "hang:8")
REDIRECT = "redirect:http://127.0.0.1:9/elsewhere"
MAY_LAST = ("401", "403", "503", "reset", "html")
"""Those that are tried for the whole of a run as well: each of them stands for its like."""

UPLOADS = ("short-upload", "corrupt-upload", "dropped-upload")
DOWNLOADS = ("short-download", "html-download")
KILL = "kill -9"
CELLS = (*(fault.partition(":")[0] for fault in (*ANSWERS, REDIRECT)), *UPLOADS, *DOWNLOADS, KILL)
WRITES = frozenset({"package_create", "package_revise", "package_create_default_resource_views"})


@dataclass(frozen=True)
class Cell:
    """One fault at one request.

    Attributes:
        stage: `first` publication of a dataset, or `update`.
        action: the request, by the name of CKAN's action; `download` for a file.
        skip: how many requests of this action pass first.
        fault: as the sandbox names it, or `kill -9` of the publishing process.
        when: before the server did the work, or after.
        times: how often it strikes.
    """

    stage: str
    action: str
    skip: int
    fault: str
    when: str
    times: int = 1

    @property
    def text(self) -> str:
        """The cell in words."""
        lasting = ", lasting" if self.times == LASTING else ""
        return f"{self.stage}: {self.fault} {self.when} {self.action} no. {self.skip + 1}{lasting}"


def is_kill(cell: Cell) -> bool:
    """Return whether the publishing process is killed."""
    return cell.fault == KILL


def cells_of(stage: str, asked: Sequence[str], *, each: bool) -> Iterator[Cell]:
    """Yield the cells of a publication that asks these actions; with `each` at each time an action is asked."""
    for action, number in Counter(asked).items():
        places = range(number) if each else sorted({0, number - 1})
        for skip in places:
            yield from _of_request(stage, action, skip)


def _of_request(stage: str, action: str, skip: int) -> Iterator[Cell]:
    for fault, whens, times in _faults(action):
        # The files of these small packages go with the first request that writes them.
        if skip and fault in UPLOADS:
            continue
        for when in whens:
            for often in times:
                yield Cell(stage, action, skip, fault, when, often)


def _faults(action: str) -> Iterator[tuple[str, Iterable[str], Iterable[int]]]:
    """Yield each fault of an action, when it can strike, and how often it does."""
    both, passing = ("before", "after"), (1,)
    whens = both if action in WRITES else ("before",)
    for fault in (*ANSWERS, REDIRECT):
        # A truncated answer is always one of work that was done.
        when = ("after",) if fault == "truncated" else whens
        yield fault, when, (1, LASTING) if fault in MAY_LAST else passing
    if action == "package_revise":
        for fault in UPLOADS:
            yield fault, ("after",), (1, LASTING)
    if action == "download":
        for fault in DOWNLOADS:
            yield fault, ("after",), (1, LASTING)
    yield KILL, whens, passing
