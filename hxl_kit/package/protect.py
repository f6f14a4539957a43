"""Protected values: who could be harmed by being named is written `protected:<code>`.

The key (which code is whom) stays in the private folder of the author's package, and so does the secret
that the codes are made with: the same person has the same code in every release, and nobody without the
secret can find a name by trying names.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import UsageError, nearest
from hxl_kit.files import write_atomically
from hxl_kit.standard.tables import table, table_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PREFIX = "protected:"
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

    def protect(self, tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        """Return the tables with the chosen fields' values replaced; `protected:` values stay."""
        return {name: self._protect(frame, self.fields.get(name, ())) for name, frame in tables.items()}

    def install(self) -> None:
        """Add this build's codes to the key file `protected.csv` (code, value) in the private folder."""
        if not self._codes:
            return
        path = self.folder / "protected.csv"
        known = (
            pl.read_csv(path, infer_schema=False)
            if path.exists()
            else pl.DataFrame(schema={"code": pl.String, "value": pl.String})
        )
        new = pl.DataFrame({"code": list(self._codes.values()), "value": list(self._codes)})
        key = pl.concat([known, new]).unique("code", keep="first").sort("code")
        write_atomically(path, key.write_csv().encode())

    def _protect(self, frame: pl.DataFrame, fields: Sequence[str]) -> pl.DataFrame:
        for name in fields:
            for value in frame[name].drop_nulls().unique():
                if not value.startswith(PREFIX) and value not in self._codes:
                    self._codes[value] = self._code(value)
            frame = frame.with_columns(pl.col(name).replace(self._codes))
        return frame

    def _code(self, value: str) -> str:
        return PREFIX + hmac.new(self._secret, value.encode(), "sha256").hexdigest()[:_CODE_DIGITS]

    @property
    def _secret(self) -> bytes:
        path = self.folder / "protect.key"
        if not path.exists():
            write_atomically(path, secrets.token_hex(32).encode())
            path.chmod(0o600)
        return path.read_bytes()
