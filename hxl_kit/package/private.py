"""Private by-products: rows as received and lists of changes, beside the package and never in it."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Self

import polars as pl

from hxl_kit.files import write_atomically
from hxl_kit.normalise import CHANGES, REJECTED, WARNINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType

    from hxl_kit.reading import BadRow

OWNER_ALONE = 0o700
"""The mode of a new private folder: nobody else on the machine may look into it."""

_FOLDERS = ("rejected", "unknown_columns")
_README = """This folder stays on your machine. It may hold rows as they were received, with personal data.
hxl_kit never publishes, zips or uploads it. You may delete it, but keep the keys (*.key) and the lists of codes
(protected.csv, new_ids.csv), with a copy: without them the next release has other codes and other places.

rejected/<input>.csv          rows that were not taken over, as received, with the reason
unknown_columns/<input>.csv   cells of columns that the source does not know, by row number
changes.csv                   every value that was written another way: column, rule, old, new, how often
unmatched_places.csv          names of places that led to no P-code, with the reason and the nearest candidates: fill in
                              `code` and append the lines to the decisions that package.yaml names (places.decisions)
warnings.csv                  rows that were kept although a rule speaks about them, and what is unusual in a file
protect.key, protected.csv    the secret that codes of people are made with, and which code is whom
mask.key, new_ids.csv         the secret by which places are moved and ids get new codes, and which code is which id
"""


def private_folder(package: Path) -> Path:
    """Return the folder of a package's private by-products: `<package>.private` beside it."""
    return package.absolute().with_name(f"{package.absolute().name}.private")


class ByProducts:
    """Collects by-products while a package is built; `install` puts them beside the finished package.

    `unmatched` holds the names of places that led to no P-code.
    """

    def __init__(self, package: Path) -> None:
        self._target = private_folder(package)
        self._target.parent.mkdir(parents=True, exist_ok=True)
        self._stage = Path(tempfile.mkdtemp(dir=self._target.parent, prefix=f".{self._target.name}.partial-"))
        for folder in _FOLDERS:
            (self._stage / folder).mkdir()
        self._changes = [pl.DataFrame(schema=CHANGES)]
        self._warnings = [pl.DataFrame(schema=WARNINGS)]
        self.unmatched = pl.DataFrame()
        self._labels: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()

    def label(self, input_name: str) -> str:
        """Return the name of an input's by-products: its own, numbered from the second of the same name on."""
        self._labels[input_name] += 1
        count = self._labels[input_name]
        return input_name if count == 1 else f"{input_name}-{count}"

    def reject(self, input_name: str, batch: pl.DataFrame, rejected: pl.DataFrame, told: pl.Series) -> None:
        """Keep the rejected rows of a batch as received, with row_number and reason in front.

        `told` has the reasons as they may be counted in messages: without the cells that reasons may name.
        """
        if rejected.height:
            self._reasons.update(told.to_list())
            rows = rejected.join(batch, on="row_number", how="left", maintain_order="left")
            self._append("rejected", input_name, rows)

    def reject_records(self, input_name: str, bad: Sequence[BadRow]) -> None:
        """Keep records that do not have the header's number of cells, whole, under `text`."""
        if bad:
            self._reasons.update(record.reason for record in bad)
            rows = [(record.row_number, record.reason, record.text) for record in bad]
            self._append(
                "rejected",
                f"{input_name}.records",
                pl.DataFrame(rows, schema={**REJECTED, "text": pl.String}, orient="row"),
            )

    def keep(self, input_name: str, rows: pl.DataFrame) -> None:
        """Keep the cells of columns that the source does not know, with their row_number."""
        self._append("unknown_columns", input_name, rows)

    def _append(self, folder: str, name: str, rows: pl.DataFrame) -> None:
        path = self._stage / folder / f"{name}.csv"
        with path.open("ab") as file:
            rows.write_csv(file, include_header=file.tell() == 0)

    def note(self, changes: pl.DataFrame, warnings: pl.DataFrame) -> None:
        """Add a batch's changes (counted by value) and warnings."""
        self._changes.append(changes)
        self._warnings.append(warnings)

    def unexpected(self, input_name: str, found: Iterable[tuple[str, str]]) -> None:
        """Add, as warnings, what is not as usual in an input: pairs of rule and message."""
        rows = [("", input_name, rule, message) for rule, message in found]
        self._warnings.append(pl.DataFrame(rows, schema=WARNINGS, orient="row"))

    def changes(self) -> pl.DataFrame:
        """Return all changes: column, rule, old, new and how often, most frequent first."""
        counted = pl.concat(self._changes).group_by("column", "rule", "old", "new").agg(pl.col("count").sum())
        return counted.sort(
            ["column", "rule", "count", "old", "new"], descending=[False, False, True, False, False]
        )

    def change_counts(self) -> dict[str, int]:
        """Return how many values each rule changed."""
        totals = self.changes().group_by("rule").agg(pl.col("count").sum()).sort("rule")
        return {rule: int(count) for rule, count in totals.select("rule", "count").iter_rows()}

    def reason_counts(self) -> dict[str, int]:
        """Return how many rows were rejected for each reason, most frequent first."""
        return dict(self._reasons.most_common())

    def warning_counts(self) -> dict[str, int]:
        """Return how many rows each rule speaks about, as `table.rule`."""
        counted = pl.concat(self._warnings).group_by("table", "rule").len().sort("table", "rule")
        return {f"{table}.{rule}".lstrip("."): int(count) for table, rule, count in counted.iter_rows()}

    def install(self) -> None:
        """Replace the by-products of the last build by this one's; other private files stay."""
        lists = {
            "changes.csv": self.changes(),
            "warnings.csv": pl.concat(self._warnings),
            "unmatched_places.csv": self.unmatched,
        }
        for name, frame in lists.items():
            _place(self._target / name, frame)
        for folder in _FOLDERS:
            shutil.rmtree(self._target / folder, ignore_errors=True)
            if any((self._stage / folder).iterdir()):
                self._target.mkdir(mode=OWNER_ALONE, exist_ok=True)
                (self._stage / folder).rename(self._target / folder)
        if self._target.is_dir():
            write_atomically(self._target / "README.txt", _README.encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._stage, ignore_errors=True)


def _place(path: Path, frame: pl.DataFrame) -> None:
    """Write a frame as CSV, or remove the old file when there is nothing to say."""
    if frame.height:
        path.parent.mkdir(mode=OWNER_ALONE, exist_ok=True)
        write_atomically(path, frame.write_csv().encode())
    else:
        path.unlink(missing_ok=True)
