"""A package.yaml in the making: what is known goes in, what is not is said and left to a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import UsageError
from hxl_kit.files import write_atomically
from hxl_kit.package.author import FILE_NAME, read_package_yaml
from hxl_kit.package.yaml_written import comment, yaml_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_CLASS = "sensitivity: name the class of your country's Information Sharing Protocol (`hxl-kit codelists sensitivity`); nothing is published without it"


@dataclass(frozen=True)
class Draft:
    """What is known of a package.

    Attributes:
        values: the entries of package.yaml, without inputs and hdx.
        hdx: the entries of its `hdx`.
        inputs: its inputs.
        remarks: what could not be carried over, a sentence each.
        left: inputs that a person must complete, as the lines of a comment each.
        ids: the ids of resources that nothing takes the place of yet, as lines of a comment.
    """

    values: Mapping[str, Any]
    hdx: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[Mapping[str, str], ...] = ()
    remarks: tuple[str, ...] = ()
    left: tuple[tuple[str, ...], ...] = ()
    ids: tuple[str, ...] = ()

    @property
    def points(self) -> tuple[str, ...]:
        """What a person has to look at before the package can be built and published."""
        unclear = [f"{lines[0].removeprefix('- path: ')}: {lines[-1]}" for lines in self.left]
        missing = () if self.inputs else ("inputs: name the source or the table of at least one file",)
        classed = () if self.values.get("sensitivity") else (_CLASS,)
        return (*self.remarks, *unclear, *missing, *classed)

    def write(self, folder: Path, origin: str) -> tuple[str, ...]:
        """Write `folder`/package.yaml; return what is left to complete, also what keeps the file from being read."""
        path = folder / FILE_NAME
        write_atomically(path, self._text(origin).encode())
        try:
            read_package_yaml(folder)
        except UsageError as error:
            told = str(error).removeprefix(f"{path}: ")
            return self.points if not self.inputs else (*self.points, told)
        return self.points

    def _text(self, origin: str) -> str:
        head = [f"Adopted from {origin}.", "Every entry is described in schemas/package.schema.json."]
        return "".join(
            [
                comment(head),
                yaml_of(self.values),
                "" if self.values.get("sensitivity") else comment([_CLASS, "sensitivity:"]),
                comment(["Could not be carried over:", *(f"- {remark}" for remark in self.remarks)])
                if self.remarks
                else "",
                yaml_of({"inputs": list(self.inputs)}),
                self._unclear(),
                yaml_of({"hdx": dict(self.hdx)}) if self.hdx else "",
                self._unreplaced(),
            ]
        )

    def _unclear(self) -> str:
        if not self.left:
            return ""
        head = "Not recognised with certainty: take the # away and name the source (hxl-kit sources) or the table (hxl-kit tables)."
        return comment([head], "  ") + "".join(
            comment([lines[0], *(f"  {line}" for line in lines[1:-1]), f"  # {lines[-1]}"], "  ")
            for lines in self.left
        )

    def _unreplaced(self) -> str:
        """Return the ids that are free to be taken, as comments within `hdx`."""
        if not self.ids:
            return ""
        has_some = bool(self.hdx.get("resource_ids"))
        head = [
            "These stay on HDX as they are, beside the package's files. To let a file of the package take the place of one,",
            "put its path before the id here, and take the # away:",
        ]
        opening = [] if has_some else ["resource_ids:"]
        return comment([*head, *opening, *(f"  {line}" for line in self.ids)], "  ")
