"""hxl-kit.toml: what a repository of packages has settled for hxl-kit; options of the command line go before it."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from hxl_kit.errors import UsageError, nearest
from hxl_kit.files import reason_of, require_plain_file
from hxl_kit.standard import schemas
from hxl_kit.standard.messages import message_languages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jsonschema.exceptions import ValidationError

FILE_NAME = "hxl-kit.toml"
LARGEST_BYTES = 1 << 20
CATALOGUE = "catalogue:"
DEFAULT = "default"


@dataclass(frozen=True)
class Settings:
    """What a repository has settled; everything is absent where there is no hxl-kit.toml.

    Attributes:
        file: the hxl-kit.toml; None where there is none.
        paths: what to validate, as patterns of paths from the file's folder.
        checks: the sets of checks.
        fail_on: "error" or "warning".
        baseline: the file of accepted issues.
        limit: how many issues are listed of each package.
        language: of reports.
        rules: the rule set that must be the installed one's.
        gazetteers: ids of releases that must be there.
        targets: targets by name.
        default_target: the target when none is named.
    """

    file: Path | None = None
    paths: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    fail_on: str | None = None
    baseline: Path | None = None
    limit: int | None = None
    language: str | None = None
    rules: str | None = None
    gazetteers: tuple[str, ...] = ()
    targets: Mapping[str, str] = field(default_factory=dict)
    default_target: str | None = None

    @property
    def folder(self) -> Path:
        """The folder that paths in the settings are counted from: the file's, or the working folder."""
        return self.file.parent if self.file else Path()

    def target(self, name: str | None) -> str:
        """Return the target that a name stands for; a text that is no name is a target itself.

        Raises:
            UsageError: none is named and there is no default.
        """
        asked = name or self.default_target
        if asked is None:
            raise UsageError(f"no target: give --to TARGET, or set [targets] {DEFAULT} in {FILE_NAME}")
        if asked not in self.targets and ":" not in asked and self.targets:
            raise UsageError(
                f"no target '{asked}'{nearest(asked, self.targets)}; known: {', '.join(self.targets)}"
            )
        return self.targets.get(asked, asked)


def find_settings(start: Path) -> Settings:
    """Return the settings for a folder: of the nearest hxl-kit.toml, from it up to the root of its repository.

    Outside a repository only the folder itself is looked at: a file further up is somebody else's.

    Raises:
        InputError: the file cannot be read.
        UsageError: it has unknown or wrong entries; all are named at once.
    """
    place = start.absolute()
    above = (place, *place.parents)
    root = next((number for number, folder in enumerate(above) if (folder / ".git").exists()), 0)
    found = (folder / FILE_NAME for folder in above[: root + 1])
    file = next((path for path in found if path.exists()), None)
    return read_settings(file) if file else Settings()


def read_settings(file: Path) -> Settings:
    """Return what an hxl-kit.toml says.

    Raises:
        InputError: the file cannot be read.
        UsageError: it has unknown or wrong entries; all are named at once.
    """
    raw = _parsed(file)
    problems = [_sentence(error) for error in _errors(raw)] or list(_unknown(raw))
    if problems:
        raise UsageError(f"{file}: {'; '.join(dict.fromkeys(problems))}")
    asked, folder = raw.get("validate", {}), file.parent
    targets = {name: _placed(text, folder) for name, text in raw.get("targets", {}).items()}
    return Settings(
        file=file,
        paths=tuple(asked.get("paths", ())),
        checks=tuple(asked.get("checks", ())),
        fail_on=asked.get("fail_on"),
        baseline=folder / asked["baseline"] if "baseline" in asked else None,
        limit=asked.get("limit"),
        language=asked.get("language"),
        rules=raw.get("rules", {}).get("version"),
        gazetteers=tuple(raw.get("gazetteers", {}).get("releases", ())),
        default_target=targets.pop(DEFAULT, None),
        targets=targets,
    )


def _parsed(file: Path) -> dict[str, Any]:
    if require_plain_file(file).stat().st_size > LARGEST_BYTES:
        raise UsageError(f"{file}: is larger than {LARGEST_BYTES:,} bytes; it should hold settings only")
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{file}: {reason_of(error)}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file}: is not TOML: {error}") from error
    except RecursionError as error:
        raise UsageError(f"{file}: is nested too deeply") from error


@cache
def _schema() -> Draft202012Validator:
    text = schemas.path_of("hxl-kit.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))


def _errors(raw: dict[str, Any]) -> list[ValidationError]:
    return sorted(_schema().iter_errors(raw), key=lambda error: [str(part) for part in error.path])


def _unknown(raw: dict[str, Any]) -> Iterator[str]:
    """Yield what the schema cannot know: languages, and targets that `default` names."""
    language = raw.get("validate", {}).get("language")
    if language and language not in message_languages():
        known = message_languages()
        yield f"validate.language: no language '{language}'{nearest(language, known)}; known: {', '.join(known)}"
    named = {name: text for name, text in raw.get("targets", {}).items() if name != DEFAULT}
    default = raw.get("targets", {}).get(DEFAULT, ":")
    if default not in named and ":" not in default:
        yield f"targets.{DEFAULT}: no target '{default}'{nearest(default, named)}"


def _sentence(error: ValidationError) -> str:
    """Return what is wrong with an entry, and where."""
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.path).lstrip(".")
    where = f"{place}: " if place else ""
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        unknown = [key for key in error.instance if key not in known]
        kind = "key" if place else "section"
        return where + ", ".join(f"unknown {kind} '{key}'{nearest(key, known)}" for key in unknown)
    return where + _told(str(error.validator), error.validator_value, place, error.message)


def _told(kind: str, asked: Any, place: str, otherwise: str) -> str:
    match kind:
        case "type":
            return f"must be of type {asked}"
        case "enum":
            return f"must be one of {', '.join(asked)}"
        case "minItems" | "minLength":
            return "must not be empty"
        case "minimum":
            return f"must be at least {asked}"
        case "pattern":
            return _form(place)
    return otherwise


def _form(place: str) -> str:
    """Return which form an entry must have."""
    if place == "rules.version":
        return "must be 12 hexadecimal digits, as `hxl-kit checks --digest` prints them"
    if place.startswith("validate.paths"):
        return "must be a path inside the folder of this file, with / between its parts"
    return "names must be lower-case letters, digits, - and _, at most 40 characters"


def _placed(target: str, folder: Path) -> str:
    """Return a target whose catalogue is counted from the folder of the settings."""
    place = target.removeprefix(CATALOGUE)
    if place in ("", target) or place.startswith("~"):
        return target
    return f"{CATALOGUE}{folder / place}"
