"""Legacy HXL schemas (`#valid_*`) run on any tagged table, and what else HXL's tools do with tagged cells."""

from __future__ import annotations

from hxl_kit.hxl_schema.finding import Finding
from hxl_kit.hxl_schema.migrating import NOT_CARRIED, table_schema
from hxl_kit.hxl_schema.running import hxl_issues
from hxl_kit.hxl_schema.schema import HxlRule, HxlSchema, core_schema, read_schema

__all__ = [
    "NOT_CARRIED",
    "Finding",
    "HxlRule",
    "HxlSchema",
    "core_schema",
    "hxl_issues",
    "read_schema",
    "table_schema",
]
