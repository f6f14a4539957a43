"""How much of a table is to be read, and what of it is kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """How much to read: `held` bounds the errors that are held; `stop` ends the reading once there are so many.

    `digests` are hashes of the file to be computed on the way, besides the one that the resource declares.
    """

    block_bytes: int
    held: int | None = None
    stop: int | None = None
    digests: tuple[str, ...] = ()
