"""What planting has in common: where an error is, which checks it is told by, and copies of a package to spoil."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from hxl_kit.validation.report import Issue


@dataclass(frozen=True)
class Spot:
    """Where a check tells of an error: the file's row number, from 1, and the field; None and "" where it has none."""

    check: str
    resource: str
    row: int | None = None
    field: str = ""

    @classmethod
    def of(cls, issue: Issue) -> Spot:
        """Return where an issue was found."""
        return cls(issue.rule, issue.resource, issue.row, issue.field)

    def __str__(self) -> str:
        """Return the place in words."""
        row = "" if self.row is None else f"row {self.row}"
        return ", ".join(part for part in (self.resource, row, self.field) if part) or "the package"


@dataclass(frozen=True)
class Specimen:
    """A file or package with planted errors.

    Attributes:
        path: the file, or the package's folder.
        planted: the errors, one of each check.
        beside: what must be told besides, because the same error is an error to two checks.
        hxl_schema: the legacy HXL schema to validate it with.
    """

    path: Path
    planted: tuple[Spot, ...]
    beside: tuple[Spot, ...] = ()
    hxl_schema: Path | None = None


@dataclass
class Copy:
    """Some resources of a package in a folder of their own, to be spoilt; `save` writes the descriptor."""

    folder: Path
    descriptor: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, package: Path, folder: Path, names: Iterable[str]) -> Copy:
        """Return a copy of the named resources of a package."""
        folder.mkdir(parents=True)
        descriptor = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
        wanted = set(names)
        descriptor["resources"] = [r for r in descriptor["resources"] if r["name"] in wanted]
        for resource in descriptor["resources"]:
            shutil.copy(package / resource["path"], folder)
        return cls(folder, descriptor)

    @property
    def names(self) -> list[str]:
        """The names of the resources."""
        return [resource["name"] for resource in self.descriptor["resources"]]

    def resource(self, name: str) -> dict[str, Any]:
        """Return what the descriptor says of a resource."""
        found: dict[str, Any] = next(r for r in self.descriptor["resources"] if r["name"] == name)
        return found

    def file(self, name: str) -> Path:
        """Return a resource's file."""
        return self.folder / str(self.resource(name)["path"])

    def header(self, name: str) -> list[str]:
        """Return the names of a table's columns."""
        return [str(found["name"]) for found in self.resource(name)["schema"]["fields"]]

    def field(self, name: str, column: str) -> dict[str, Any]:
        """Return what the schema says of a column."""
        found: dict[str, Any] = next(
            f for f in self.resource(name)["schema"]["fields"] if f["name"] == column
        )
        return found

    def append(self, name: str, rows: Sequence[Mapping[str, str]]) -> int:
        """Write rows at a table's end, restate its size, hash and rows, and return the row number of the first."""
        file = self.file(name)
        with file.open(encoding="utf-8", newline="") as text:
            first = sum(1 for _ in csv.reader(text)) + 1
        with file.open("a", encoding="utf-8", newline="") as text:
            writer = csv.DictWriter(text, self.header(name), restval="", lineterminator="\n")
            writer.writerows(rows)
        self.resource(name)["rows"] += len(rows)
        self.restate(name)
        return first

    def rewrite(self, name: str, content: str, encoding: str = "utf-8") -> None:
        """Give a resource another content, and restate its size and hash."""
        self.file(name).write_bytes(content.encode(encoding))
        self.restate(name)

    def restate(self, name: str) -> None:
        """State a file's size and hash as they are."""
        content = self.file(name).read_bytes()
        self.resource(name).update(bytes=len(content), hash=f"sha256:{hashlib.sha256(content).hexdigest()}")

    def save(self) -> Path:
        """Write the descriptor, and return the package's folder."""
        written = json.dumps(self.descriptor, ensure_ascii=False, indent=2) + "\n"
        (self.folder / "datapackage.json").write_text(written, encoding="utf-8")
        return self.folder
