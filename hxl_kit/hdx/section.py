"""What a package says for HDX: the `hdx` entry of its datapackage.json, made from that of package.yaml."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from hxl_kit.errors import nearest
from hxl_kit.reading.table import shown
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jsonschema.exceptions import ValidationError

NO_PREVIEW = "none"
FIRST_PREVIEW = "first"


@dataclass(frozen=True)
class Section:
    """The entries of `hdx`, with the defaults of those that are not there; `schemas/package.schema.json` describes them."""

    organisation: str = ""
    maintainer: str = ""
    source: str = ""
    methodology: str = ""
    date: Mapping[str, str] = field(default_factory=dict)
    frequency: str | int = ""
    locations: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    subnational: bool | None = None
    access: str = "public"
    archived: bool = False
    preview: str = NO_PREVIEW
    resource_ids: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, bool] = field(default_factory=dict)

    @property
    def by_request(self) -> bool:
        """Whether the files are given to those who ask, and not sent to HDX."""
        return self.access == "by-request"

    @property
    def private(self) -> bool:
        """Whether only members of the organisation see the dataset."""
        return self.access == "private"

    def sends(self, kind: str, *, default: bool = True) -> bool:
        """Return whether files of a kind (parquet, hxl, xlsx, zip) are sent."""
        return bool(self.resources.get(kind, default))


def section_of(descriptor: Mapping[str, Any]) -> tuple[Section, tuple[str, ...]]:
    """Return what a descriptor says for HDX and a sentence for each entry that is wrong, which is then left out."""
    raw = descriptor.get("hdx", {})
    errors = sorted(_validator().iter_errors(raw), key=lambda error: [str(part) for part in error.path])
    if not isinstance(raw, dict):
        return Section(), ("hdx: must be entries with names (docs/hdx.md)",)
    bad = {str(error.path[0]) for error in errors if error.path}
    known = {entry.name for entry in fields(Section)}
    good = {key: _frozen(value) for key, value in raw.items() if key in known - bad}
    problems = [problem for error in errors for problem in _problems(error)]
    return Section(**good), tuple(dict.fromkeys(problems))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _problems(error: ValidationError) -> Iterable[str]:
    place = ".".join(["hdx", *(str(part) for part in error.path)])
    if error.validator == "additionalProperties":
        known = list(error.schema["properties"])
        for key in sorted(set(error.instance) - set(known)):
            yield f"{place}: unknown key '{shown(key)}'{nearest(key, known)}"
    elif error.validator == "enum":
        yield f"{place}: must be one of {', '.join(map(str, error.validator_value))}"
    elif error.validator == "required":
        yield f"{place}: needs {' and '.join(error.validator_value)}"
    else:
        said = error.schema.get("description", "") if isinstance(error.schema, dict) else ""
        yield f"{place}: has not the form it needs" + (f": {said}" if said else "; docs/hdx.md describes it")


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads(schemas.path_of("package.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema["properties"]["hdx"])
