"""What one run of validation asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hxl_kit.checks.own import OwnCheck
    from hxl_kit.checks.theme import Context
    from hxl_kit.validation.hxl_schemas import SchemaFile
    from hxl_kit.validation.selection import Selection


@dataclass(frozen=True)
class Asked:
    """What a run asks: the chosen checks, what they go by, a legacy HXL schema, and a user's own rules."""

    chosen: Selection
    context: Context
    hxl_schema: SchemaFile
    rules: tuple[OwnCheck, ...] = ()
