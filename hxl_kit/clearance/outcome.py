"""What clearance says of a package: what speaks against it, what was waived, and the proof that it may go."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from hxl_kit.errors import ClearanceError
from hxl_kit.validation.waivers import Waiver, clearance_rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hxl_kit.reading.packages import Package

_SEAL = object()


@dataclass(frozen=True)
class Objection:
    """What speaks against publishing a package, in one place; it holds no value of a cell.

    Attributes:
        rule: a rule of `schemas/clearance.csv`, or a check of screening or disclosure.
        resource: the table or file; "" where several or the package itself are meant.
        column: the column, or the source_id where terms are meant; "" where no column is.
        rows: how many rows (of a finding in files without rows: places).
        message: what is wrong, in one line.
        fix: the way out.
        blocks: whether it keeps the package from being published; else a person should look.
        copies: other resources that hold the same rows with the same finding.
    """

    rule: str
    resource: str
    column: str
    rows: int
    message: str
    fix: str
    blocks: bool = True
    copies: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where it is, in words."""
        column = f"column '{self.column}'" if self.column and self.resource else ""
        return ", ".join(part for part in (self.resource, column) if part)

    @property
    def told(self) -> str:
        """Where and what, in one line."""
        return f"{self.place}: {self.message}" if self.place else self.message

    @property
    def line(self) -> str:
        """The rule, where and what, in one line."""
        return f"{self.rule}: {self.told}"

    def as_json(self) -> dict[str, Any]:
        """Return the objection with the keys of the plan's JSON."""
        return {**asdict(self), "copies": list(self.copies)}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Return the objection that `as_json` described."""
        return cls(**{**raw, "copies": tuple(raw["copies"])})


def objection(
    rule: str, params: Mapping[str, str] | None = None, *, resource: str = "", column: str = "", rows: int = 0
) -> Objection:
    """Return an objection of a rule on classes, access or terms; `params` fill in its message."""
    known = clearance_rules()[rule]
    return Objection(rule, resource, column, rows, known.message.format_map(params or {}), known.fix)


@dataclass(frozen=True)
class Waived:
    """An objection that a waiver allows."""

    objection: Objection
    waiver: Waiver


@dataclass(frozen=True)
class Cleared:
    """The proof that a package was cleared; targets write nothing without it. Only `clear` makes one.

    `digest` is the SHA-256 of the descriptor, which names every file's hash.
    """

    digest: str
    seal: object = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise TypeError("a proof of clearance is made by hxl_kit.clearance.clear alone")

    def require(self, digest: str, place: object) -> None:
        """Do nothing if this is the proof of the package with this digest.

        Raises:
            ClearanceError: it is another one's, or the package changed since.
        """
        if digest != self.digest:
            raise ClearanceError(f"{place}: is not the package that was cleared; plan again")


@dataclass(frozen=True)
class Clearance:
    """What speaks against publishing a package, and what was waived.

    Attributes:
        sensitivity: the class that the package names, "" without one.
        refusals: what keeps it from being published.
        waived: what would, had nobody answered for it.
        warnings: what a person should look at.
        stale: waivers that allow nothing (any more).
        wrong: what is wrong with waivers that therefore allow nothing.
        proof: what targets ask for; None where there are refusals, or where this was read from a saved plan.
    """

    sensitivity: str = ""
    refusals: tuple[Objection, ...] = ()
    waived: tuple[Waived, ...] = ()
    warnings: tuple[Objection, ...] = ()
    stale: tuple[Waiver, ...] = ()
    wrong: tuple[str, ...] = ()
    proof: Cleared | None = field(default=None, compare=False, repr=False)

    def proven(self, package: Package) -> Clearance:
        """Return this clearance with the proof for a package, if nothing speaks against it."""
        return self if self.refusals else replace(self, proof=Cleared(package.digest, _SEAL))

    def with_warning(self, rule: str, message: str) -> Clearance:
        """Return this clearance with one more thing to look at, about the package as a whole."""
        warning = Objection(rule, "", "", 0, message, "", blocks=False)
        return replace(self, warnings=(*self.warnings, warning))

    def as_json(self) -> dict[str, Any]:
        """Return the clearance with the keys of the plan's JSON; `from_json` reads it back."""
        return {
            "sensitivity": self.sensitivity,
            "refusals": [found.as_json() for found in self.refusals],
            "waived": [{**w.objection.as_json(), "waiver": w.waiver.as_json()} for w in self.waived],
            "warnings": [found.as_json() for found in self.warnings],
            "stale_waivers": [waiver.as_json() for waiver in self.stale],
            "wrong_waivers": list(self.wrong),
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Return what `as_json` described; a wrong shape is a KeyError, TypeError or ValueError."""
        if not isinstance(raw["sensitivity"], str):
            raise TypeError(raw["sensitivity"])
        return cls(
            raw["sensitivity"],
            tuple(Objection.from_json(found) for found in raw["refusals"]),
            tuple(_waived(found) for found in raw["waived"]),
            tuple(Objection.from_json(found) for found in raw["warnings"]),
            tuple(Waiver(**waiver) for waiver in raw["stale_waivers"]),
            tuple(str(problem) for problem in raw["wrong_waivers"]),
        )


def _waived(raw: Mapping[str, Any]) -> Waived:
    found = {key: value for key, value in raw.items() if key != "waiver"}
    return Waived(Objection.from_json(found), Waiver(**raw["waiver"]))
