"""A file of rules beside a table: the `checks` of package.yaml alone, in YAML or TOML."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from hxl_kit.checks.own import own_checks
from hxl_kit.errors import UsageError, nearest
from hxl_kit.files import require_plain_file
from hxl_kit.package.yaml_text import read_yaml
from hxl_kit.reading.limits import YAML_BYTES
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from pathlib import Path

    from hxl_kit.checks.own import OwnCheck

KEY = "checks"


def read_own_rules(path: Path) -> tuple[OwnCheck, ...]:
    """Return the rules that a file states under `checks`; `table` may be left out, for a table that is alone.

    Raises:
        InputError: it is no regular file.
        UsageError: it is neither YAML nor TOML (by its ending), or its entries are not of their form.
    """
    raw = _toml(path) if path.suffix.lower() == ".toml" else read_yaml(path)
    if not isinstance(raw, dict) or KEY not in raw:
        raise UsageError(f"{path}: has no '{KEY}:' with a list of rules below it")
    for key in raw:
        if key != KEY:
            raise UsageError(
                f"{path}: unknown key '{shown(str(key))}'{nearest(str(key), (KEY,))}; known: {KEY}"
            )
    try:
        return own_checks(raw[KEY], table_required=False)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error


def _toml(path: Path) -> Any:
    if require_plain_file(path).stat().st_size > YAML_BYTES:
        raise UsageError(f"{path}: is larger than {YAML_BYTES:,} bytes; it should hold rules only")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path}: is not TOML: {shown(' '.join(str(error).split()))}") from error
