"""Protected values: who could be harmed by being named is written `protected:<code>`.

The key (which code is whom) stays in the private folder of the author's package, and so does the secret
that the codes are made with: the same person has the same code in every release, and nobody without the
secret can find a name by trying names.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.remedies.coding import PREFIX
from hxl_kit.errors import DataError, UsageError, nearest
from hxl_kit.package.private_key import keep_codes, private_key
from hxl_kit.package.protected_rows import Protected, conceal, left_over
from hxl_kit.standard.tables import table, table_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from hxl_kit.package.tables import TableFiles

_CODE_DIGITS = 12


def protected_fields(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the fields to protect by table, from names such as `claims.claimant`.

    Raises:
        UsageError: a name is no text field of a table, or is a key or code that others refer to.
    """
    fields: dict[str, tuple[str, ...]] = {}
    for name in names:
        owner, _, wanted = name.partition(".")
        if owner not in table_names():
            raise UsageError(f"protect: no table '{owner}'{nearest(owner, table_names())}; write TABLE.FIELD")
        described = table(owner)[wanted]
        if described.type != "string" or described.codelist or wanted.endswith("_id"):
            raise UsageError(
                f"protect: {name} is not free text; names stand in fields such as claims.claimant"
            )
        fields[owner] = (*fields.get(owner, ()), wanted)
    return fields


@dataclass
class Protector:
    """Replaces the values of chosen fields by codes, and keeps the key in a private folder."""

    folder: Path
    fields: Mapping[str, tuple[str, ...]]
    _codes: dict[str, str] = field(default_factory=dict)

    def protect(self, tables: Mapping[str, pl.DataFrame], *, own_keys: bool = True) -> Protected:
        """Return the tables with the chosen fields' values replaced, also elsewhere in their rows.

        `protected:` values stay. Keys that are not the author's own are made anew where they are hashes.
        """
        coded = {name: self._protect(frame, self.fields.get(name, ())) for name, frame in tables.items()}
        secret = b"" if own_keys or not self._codes else self._secret
        return conceal(tables, coded, self.fields, self._codes, secret)

    def left_over(self, files: TableFiles) -> list[str]:
        """Return which columns of the finished tables may still name whom the author protects, and in how many rows.

        Raises:
            DataError: a column certainly does: nothing is written until its cells are rewritten.
        """
        found = left_over({name: files.scan(name) for name in files.names if self._codes}, self._codes)
        if certain := [str(column) for column in found if column.certain]:
            raise DataError(f"protect: {'; '.join(certain)}")
        return [str(column) for column in found]

    def install(self) -> None:
        """Add this build's codes to the key file `protected.csv` (code, value) in the private folder."""
        if not self._codes:
            return
        keep_codes(self.folder / "protected.csv", self._codes)

    def _protect(self, frame: pl.DataFrame, fields: Sequence[str]) -> pl.DataFrame:
        for name in fields:
            for value in frame[name].drop_nulls().unique():
                if not value.startswith(PREFIX) and value not in self._codes:
                    self._codes[value] = self._code(value)
            frame = frame.with_columns(pl.col(name).replace(self._codes))
        return frame

    def _code(self, value: str) -> str:
        return PREFIX + hmac.new(self._secret, value.encode(), "sha256").hexdigest()[:_CODE_DIGITS]

    @cached_property
    def _secret(self) -> bytes:
        return private_key(self.folder / "protect.key")
