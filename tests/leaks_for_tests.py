"""Canaries: people who do not exist, planted in inputs, and a look for them in all that the commands leave.

`CELL` stands in cells and in what nobody but the officer may see: it must be nowhere. `NAME` stands in names that the
officer gave (columns, sheets, files, keys): the screen and the reports on that file may say it, nothing that is
published or carried elsewhere may. `Look` runs commands and looks at the screen, every new file, the cache of
verdicts and the folder for temporary files.
"""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import re
import unicodedata
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PRIVATE = ".private"
"""What ends so stays on the officer's machine."""


@dataclass(frozen=True)
class Canary:
    """A made-up person: any of these words, or the digits, in an output is a leak."""

    first: str
    last: str
    digits: str
    number: str

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def phone(self) -> str:
        return f"+963 {self.digits[:3]} {self.digits[3:]}"

    @property
    def mail(self) -> str:
        return f"{self.first}.{self.last}@example.org".lower()

    @property
    def id(self) -> str:
        return f"SYR{self.number}"

    @property
    def all(self) -> tuple[str, str, str, str]:
        return self.name, self.phone, self.mail, self.id

    def found_in(self, text: str) -> list[str]:
        """Return what of the person a text holds, whatever its case, marks, escapes and spaces between digits."""
        plain = _plain(text)
        digits = re.sub(r"(?<=\d)[ ./()-]{1,3}(?=\d)", "", plain)
        words = [word for word in (self.first, self.last) if _plain(word) in plain]
        return words + [number for number in (self.digits, self.number) if number in digits]


def _plain(text: str) -> str:
    """Return a text without escapes of HTML, URLs and JSON, in lower case, without accents."""
    text = html.unescape(unquote(text))
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in folded if not unicodedata.combining(c))


CELL = Canary("Zuhayra", "Qanbarovik", "947718203", "77182093")
NAME = Canary("Ilyanora", "Vestergrand", "931604587", "55319086")


class LeakError(AssertionError):
    """A canary was found where it must not be."""


@dataclass
class Look:
    """Runs `hxl-kit` in a folder and raises LeakError where a canary comes out.

    `inputs` are the files planted; `shared` are folders outside (cache, temporary files) that must stay clean too.
    """

    cli: Callable[..., Any]
    folder: Path
    shared: tuple[Path, ...] = ()
    seen: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def plant(self) -> None:
        """Take all that is there now for inputs: it is not looked at until it changes."""
        self.seen = {path: _state(path) for path in self.folder.rglob("*") if path.is_file()}

    def run(self, *arguments: object, screen: tuple[Canary, ...] = (CELL,), files: bool = True) -> Any:
        """Run a command; return what it left. `screen` are the canaries that the screen must not show.

        New files must hold neither canary, or with `files` false (reports on that file alone) only not those.
        """
        ran = self.cli(*arguments)
        what = " ".join(map(str, arguments)).replace(f"{self.folder}/", "")
        assert ran.code != 70, f"{what}: {ran.err}"
        for canary in screen:
            self._look(f"{what}: screen", ran.out + ran.err, canary)
        for path in self._new_files():
            for place, text in texts_of(path):
                for canary in (CELL, NAME) if files else screen:
                    self._look(f"{what}: {place}", text, canary)
        return ran

    def _look(self, place: str, text: str, canary: Canary) -> None:
        if found := canary.found_in(text):
            raise LeakError(f"{place} holds {', '.join(found)}")

    def _new_files(self) -> Iterator[Path]:
        for root in (self.folder, *self.shared):
            for path in sorted(root.rglob("*")):
                if not path.is_file() or any(part.endswith(PRIVATE) for part in path.relative_to(root).parts):
                    continue
                if self.seen.get(path) != _state(path):
                    self.seen[path] = _state(path)
                    yield path


def _state(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size


def texts_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield all texts of a file: its name, its bytes, what is packed in it, cells and statistics of Parquet."""
    yield f"the name of {path.name}", path.name
    yield from _texts(path.name, path.read_bytes())


def _texts(place: str, content: bytes) -> Iterator[tuple[str, str]]:
    yield place, content.decode("utf-8", "replace")
    if b"\0" in content:
        yield f"{place} (UTF-16)", content.decode("utf-16-le", "replace")
    if content[:2] == b"\x1f\x8b":
        yield from _texts(f"{place} unpacked", gzip.decompress(content))
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield f"{place}: the name of a member", member
                yield from _texts(f"{place}: {member}", archive.read(member))
    if content[:4] == b"PAR1":
        yield f"{place}: cells", json.dumps(pl.read_parquet(content).to_dict(as_series=False), default=str)
        yield f"{place}: metadata", json.dumps(pl.read_parquet_metadata(io.BytesIO(content)), default=str)


def look_in(cli: Callable[..., Any], folder: Path, monkeypatch: Any) -> Look:
    """Return a Look at a new folder to plant in, which becomes the working folder, a cache and temporary files."""
    shared = tuple(folder / name for name in ("cache", "temporary"))
    work = folder / "work"
    for path in (*shared, work):
        path.mkdir()
    monkeypatch.setenv("HXL_KIT_CACHE", str(shared[0]))
    monkeypatch.setenv("HXL_KIT_GAZETTEERS", str(shared[0] / "gazetteers"))
    monkeypatch.setattr("tempfile.tempdir", str(shared[1]))
    monkeypatch.chdir(work)
    return Look(cli, work, shared)


REPORTS = ("json", "html", "junit", "sarif", "github", "markdown")
PACKAGE = {
    "name": "a-package",
    "title": "A package",
    "version": "1.0.0",
    "sensitivity": "low",
    "licences": [{"name": "CC-BY-4.0"}],
    "contributors": [{"title": "A desk"}],
}
TYPED = ("best", "date_start", "latitude", "type_of_violence", "where_prec", "country_id", "deaths_a")


def planted(ged_rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Rows of UCDP with canaries in an unknown column, in each typed column, and in columns that are not carried."""
    rows = [dict(row) for row in ged_rows[:3]]
    for column in TYPED:
        for number, value in enumerate(CELL.all):
            rows.append(
                {**ged_rows[3], "id": f"9{len(rows)}{number}", "relid": f"r{len(rows)}", column: value}
            )
    for number, row in enumerate(rows):
        row["contact"] = CELL.all[number % 4]
        row[NAME.name] = row["gwnoa"] = CELL.name
    return rows


def as_csv(rows: list[dict[str, str]]) -> bytes:
    """Return rows as CSV, with two ragged ones at the end."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([list(rows[0]), *(row.values() for row in rows), [*CELL.all], [CELL.name] * 60])
    return text.getvalue().encode()


def reports(path: object) -> tuple[object, ...]:
    """Return the arguments of a validation that writes every format."""
    return ("validate", path, *(part for name in REPORTS for part in ("--also", f"{name}=report.{name}")))
