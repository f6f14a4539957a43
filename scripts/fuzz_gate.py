"""Compare the gate with frictionless on random packages, and keep each disagreement as a small one.

    python scripts/fuzz_gate.py --seconds 60 --seed 1 --keep FOLDER

A case is a package (`datapackage.json` and its data) with `options.json` (how it was validated) and
`difference.txt`. The exit code is 1 when there is any. The same seed gives the same packages.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import frictionless

from hxl_kit.gate import Memory, Request, frictionless_report, verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
CASES: Any = importlib.import_module("gate_for_tests")

LONGEST_SECONDS = 60
SHRINKING_SECONDS = 40
PER_KIND = 2
"""Disagreements of one kind that are kept."""
ANOTHER_ORDER = "the same in another order"
BARE_FILES = 0.05
"""The share of cases in which one table's file is validated, not the package."""


class TooLongError(BaseException):
    """A validation took too long; no handler of ordinary errors may swallow this."""


@dataclass(frozen=True)
class Options:
    """How a package is validated on both sides."""

    limit_errors: int = 1000
    block_bytes: int = 2 << 20
    target: str = "datapackage.json"


@dataclass
class Tally:
    """What a run has seen."""

    cases: int = 0
    crashes: int = 0
    valid: int = 0
    lanes: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)


def main() -> int:
    """Run for the time asked for; return 1 when the two disagreed."""
    options = _arguments()
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, _too_long)
    tally, end = Tally(), time.monotonic() + options.seconds
    seed = options.seed
    while time.monotonic() < end:
        _one(seed, tally, options.keep)
        seed += 1
    _print(tally, options.seed)
    return 1 if tally.kinds else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=60, help="how long to go on")
    parser.add_argument("--seed", type=int, default=1, help="the first package; each next one adds 1")
    parser.add_argument(
        "--keep", type=Path, default=Path("fuzz_gate"), help="where disagreements are written"
    )
    return parser.parse_args()


def _too_long(_signal: int, _frame: Any) -> None:
    raise TooLongError


def _one(seed: int, tally: Tally, keep: Path) -> None:
    rng = Random(seed)  # noqa: S311 - packages that come again, not secrets
    case = CASES.random_case(rng)
    options = _options(rng, case)
    difference = differs(case, options, tally)
    tally.cases += 1
    if not difference:
        return
    kind = _kind(difference)
    tally.kinds[kind] += 1
    if tally.kinds[kind] > PER_KIND:
        return
    small, options = shrunk(case, options, kind)
    folder = keep / f"{_slug(kind)}-{seed}"
    small.write(folder)
    (folder / "options.json").write_text(json.dumps(vars(options)) + "\n")
    (folder / "difference.txt").write_text("\n".join(differs(small, options)) + "\n")
    print(f"seed {seed}: {kind}: {folder}", flush=True)


def _options(rng: Random, case: Any) -> Options:
    files = sorted(path for path in case.files if path.endswith((".csv", ".tsv")))
    target = rng.choice(files) if files and rng.random() < BARE_FILES else "datapackage.json"
    limit = rng.choices([1000, 1, 2, 5, 20, 1_000_000], [70, 5, 5, 5, 5, 10])[0]
    return Options(limit, rng.choice([2 << 20, 1 << 12, 1 << 9, 200]), target)


def differs(case: Any, options: Options, tally: Tally | None = None) -> list[str]:
    """Return the places where the two reports differ, the gate's value first; empty when they agree."""
    with tempfile.TemporaryDirectory() as folder:
        case.write(Path(folder))
        target = str(Path(folder, options.target))
        theirs = _timed(lambda: _reference(target, options))
        ours, lanes = _timed(lambda: _gate(target, options)) or (None, ())
        found = _timed(lambda: _verdicts(target, options, theirs)) if _is_complete(theirs) else []
    if tally is not None:
        _count(tally, theirs, lanes)
    if ours is None:
        return ["<report>: the gate took too long"] if theirs is not None else []
    if theirs is None:
        return []
    if "crash" in theirs:
        said = [error["note"] for error in _all_errors(ours)]
        # A gate that has listed as many errors as it may need not meet the cell that frictionless falls over.
        full = any("error limit" in warning for task in ours["tasks"] for warning in task["warnings"])
        fine = not ours["valid"] and (full or any("stopped with" in note for note in said))
        return [] if fine else [f"<crash>: {said[:3]} instead of {theirs['crash'][:200]}"]
    return [
        *_differences(_plain(ours), _plain(theirs), ""),
        *(["<verdict>: took too long"] if found is None else found),
    ]


def _timed(validate: Callable[[], Any]) -> Any:
    signal.alarm(LONGEST_SECONDS)
    try:
        return validate()
    except TooLongError:
        return None
    finally:
        signal.alarm(0)


def _reference(target: str, options: Options) -> dict[str, Any]:
    kind: dict[str, Any] = {"type": "package"} if target.endswith("datapackage.json") else {}
    try:
        report = frictionless.validate(target, limit_errors=options.limit_errors, **kind)
        descriptor: dict[str, Any] = report.to_descriptor()
    except Exception as error:  # noqa: BLE001 - frictionless' own faults come as any exception
        return {"crash": repr(error)}
    return descriptor


def _gate(target: str, options: Options) -> tuple[dict[str, Any], tuple[str, ...]]:
    request = Request(limit_errors=options.limit_errors, block_bytes=options.block_bytes)
    try:
        found = frictionless_report(target, request)
    except Exception as error:  # noqa: BLE001 - a fault of the gate is a disagreement, not the end of the run
        return {"valid": None, "errors": [{"note": f"the gate raised {error!r}"}], "tasks": []}, ()
    return found.descriptor, found.lanes


def _is_complete(theirs: dict[str, Any] | None) -> bool:
    """Whether frictionless gave a report with all errors."""
    return theirs is not None and "crash" not in theirs and not any(t["warnings"] for t in theirs["tasks"])


def _verdicts(target: str, options: Options, theirs: dict[str, Any]) -> list[str]:
    """Return how the verdict differs from a complete report: as it is judged, and as it is remembered."""
    with tempfile.TemporaryDirectory() as folder:
        memory = Memory(Path(folder))
        judged, again = (
            verdict(target, memory=memory, block_bytes=options.block_bytes) for _ in ("judged", "remembered")
        )
    told = [*judged.errors, *(error for task in judged.tasks for error in task.errors)]
    ours = [[e.type, e.note, e.row, e.field or None] for e in told]
    expected = [_essence(error) for error in _all_errors(theirs)]
    found = list(_differences(ours, expected, "<verdict>.errors"))
    if again.valid != judged.valid or [(t.rows, t.counts) for t in again.tasks] != [
        (t.rows, t.counts) for t in judged.tasks
    ]:
        found.append("<verdict>: is another one when it is remembered")
    if any(task.counts.total() != len(task.errors) for task in judged.tasks):
        found.append("<verdict>.counts: are not those of the errors")
    rows = [task["stats"].get("rows", 0) for task in theirs["tasks"]]
    found += _differences([task.rows for task in judged.tasks], rows, "<verdict>.rows")
    return found


def _essence(error: dict[str, Any]) -> list[Any]:
    place = error.get("fieldName") or error.get("label") or None
    return [error["type"], error["note"], error.get("rowNumber"), place]


def _all_errors(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from report["errors"]
    for task in report["tasks"]:
        yield from task["errors"]


def _plain(node: Any) -> Any:
    """Return a report without the time it took."""
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items() if key != "seconds"}
    return [_plain(value) for value in node] if isinstance(node, list) else node


def _differences(ours: Any, theirs: Any, place: str) -> Iterator[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in dict.fromkeys([*theirs, *ours]):
            yield from _differences(ours.get(key), theirs.get(key), f"{place}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        if ours != theirs and sorted(map(repr, ours)) == sorted(map(repr, theirs)):
            yield f"{place}: {ANOTHER_ORDER}"
        for number, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from _differences(mine, other, f"{place}[{number}]")
    elif repr(ours) != repr(theirs):
        yield f"{place}: {_short(ours)} instead of {_short(theirs)}"


def _short(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        parts = (f"{e.get('type')}@{e.get('rowNumber', '')}.{e.get('fieldName', '')}" for e in value[:12])
        return f"{len(value)} errors {' '.join(parts)}"
    return repr(value)[:300]


def _kind(difference: list[str]) -> str:
    """Return what a disagreement is about, so that those of one cause are mostly one kind."""
    place, _, rest = difference[0].partition(": ")
    general = "".join(c for c in place if not c.isdigit())
    words = "".join(c for c in rest if c.isalpha() or c in "-@ ").split()
    telling = place.endswith((".type", "errors", ">")) or rest == ANOTHER_ORDER
    return f"{general} {' '.join(words[:6])}" if telling else general


def _slug(kind: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in kind).lower().split())[:50]


def shrunk(case: Any, options: Options, kind: str) -> tuple[Any, Options]:
    """Return the smallest case found that disagrees in the same way, greedily."""
    end = time.monotonic() + SHRINKING_SECONDS
    for simple in (Options(), replace(options, limit_errors=1000), replace(options, block_bytes=2 << 20)):
        if _same(case, simple, kind):
            options = simple
            break
    going = True
    while going and time.monotonic() < end:
        going = False
        for smaller in _smaller(case):
            if time.monotonic() > end:
                break
            if _same(smaller, options, kind):
                case, going = smaller, True
                break
    return case, options


def _same(case: Any, options: Options, kind: str) -> bool:
    difference = differs(case, options)
    return bool(difference) and _kind(difference) == kind


def _smaller(case: Any) -> Iterator[Any]:
    """Yield cases with a part left out: large parts first."""
    for path in case.files:
        yield from (replace(case, files={**case.files, path: less}) for less in _less(path, case.files[path]))
    for descriptor in _without(case.descriptor):
        if descriptor.get("resources"):
            used = {resource.get("path") for resource in descriptor["resources"]}
            files = {path: content for path, content in case.files.items() if path in used}
            yield replace(case, descriptor=descriptor, files=files)


def _less(path: str, content: bytes) -> Iterator[bytes]:
    """Yield a file with some of its lines left out; other files than text as they are."""
    if path.endswith(".gz"):
        yield from (gzip.compress(less, mtime=0) for less in _less(path[:-3], gzip.decompress(content)))
        return
    if not path.endswith((".csv", ".tsv", ".ndjson")):
        return
    lines = content.splitlines(keepends=True)
    size = max(1, len(lines) // 2)
    while size:
        for start in range(0, len(lines), size):
            if size < len(lines):
                yield b"".join(lines[:start] + lines[start + size :])
        size //= 2


def _without(node: Any) -> Iterator[Any]:
    """Yield copies of a descriptor with one thing left out, or one thing in it."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in ("resources", "name", "path", "fields"):
                yield {k: v for k, v in node.items() if k != key}
            yield from ({**node, key: less} for less in _without(value))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield node[:place] + node[place + 1 :]
            yield from ([*node[:place], less, *node[place + 1 :]] for less in _without(value))


def _count(tally: Tally, theirs: dict[str, Any] | None, lanes: tuple[str, ...]) -> None:
    tally.lanes.update(lanes)
    if theirs is None or "crash" in theirs:
        tally.crashes += 1
        return
    tally.valid += theirs["valid"]
    tally.errors.update({error["type"] for error in _all_errors(theirs)})


def _print(tally: Tally, seed: int) -> None:
    tables = tally.lanes.total()
    print(
        f"{tally.cases:,} packages from seed {seed}: {tally.valid:,} valid, {tally.crashes:,} stop frictionless"
    )
    print(f"{tally.lanes['bulk']:,} of {tables:,} tables were read in bulk; of the others:")
    for lane, times in tally.lanes.most_common(15):
        if lane != "bulk":
            print(f"  {times:,} {lane[:100]}")
    print("packages by type of error:", ", ".join(f"{n} {t:,}" for n, t in tally.errors.most_common()))
    print(f"{tally.kinds.total():,} disagreements of {len(tally.kinds):,} kinds")
    for kind, times in tally.kinds.most_common():
        print(f"  {times:,} {kind}")


if __name__ == "__main__":
    sys.exit(main())
