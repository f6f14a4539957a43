"""How much of a table is to be read, and what of it is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hxl_kit.gate.keys import KeySet

KeysRead = dict[tuple[str, tuple[str, ...]], "KeySet"]
"""The keys of other tables of the same package that were read already, by table and fields."""


@dataclass(frozen=True)
class Scope:
    """How much to read: `held` bounds the errors that are held; `stop` ends the reading once there are so many.

    `digests` are hashes of the file to be computed on the way, besides the one that the resource declares;
    `keys` are shared by the tables of a package, so that one that several refer to is read for it once.
    """

    block_bytes: int
    held: int | None = None
    stop: int | None = None
    digests: tuple[str, ...] = ()
    keys: KeysRead = field(default_factory=dict)
