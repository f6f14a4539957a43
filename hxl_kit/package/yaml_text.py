"""YAML that people write: plain values only, read within limits.

A YAML text of a few lines can stand for billions of values (aliases of aliases), name programs to run (`!!python` tags)
or say a key twice. The nodes are looked at before any value is made of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, SequenceNode

from hxl_kit.errors import UsageError
from hxl_kit.files import require_plain_file
from hxl_kit.reading.limits import YAML_BYTES, YAML_LEVELS, YAML_NODES
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from pathlib import Path

CORE = "tag:yaml.org,2002:"
PLAIN = ("str", "int", "float", "bool", "null", "map", "seq", "timestamp", "merge", "value")
"""The types of YAML 1.2's core schema, and the dates and merge keys of 1.1."""


def read_yaml(path: Path) -> Any:
    """Return what a YAML file says.

    Raises:
        InputError: it is no regular file.
        UsageError: it is too large, not UTF-8, no YAML, nested too deeply, has tags of its own, says a key twice, or
            stands for more values than a person writes.
    """
    if require_plain_file(path).stat().st_size > YAML_BYTES:
        raise UsageError(f"{path}: is larger than {YAML_BYTES:,} bytes; it should hold metadata only")
    try:
        text = path.read_text(encoding="utf-8-sig")
        yaml = YAML(typ="safe", pure=True)
        problem = _problem(yaml.compose(text))
        if problem is None:
            return YAML(typ="safe", pure=True).load(text)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 text") from error
    except (YAMLError, RecursionError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path}: is not YAML: {_first_line(error)}") from error
    raise UsageError(f"{path}: {problem}")


def _problem(root: Any) -> str | None:
    """Return what keeps a tree of nodes from being read, None when nothing does."""
    sizes: dict[int, int] = {}
    try:
        problem = _walked(root, 0, sizes)
    except _TooDeepError:
        return f"is nested beyond {YAML_LEVELS} levels, or holds itself (an alias of what it stands in)"
    if problem is None and sizes.get(id(root), 0) > YAML_NODES:
        return f"stands for more than {YAML_NODES:,} values (aliases of aliases): write them out"
    return problem


class _TooDeepError(Exception):
    """Nodes are nested too deeply, or without end."""


def _walked(node: Any, level: int, sizes: dict[int, int]) -> str | None:
    """Note how many values a node and all below it stand for; return what is wrong with them."""
    if node is None or id(node) in sizes:
        return None
    if level > YAML_LEVELS:
        raise _TooDeepError
    name = str(node.tag).removeprefix(CORE)
    if name not in PLAIN:
        line = node.start_mark.line + 1
        return f"line {line}: has the YAML tag '!!{shown(name)}', which is not plain data: take it out"
    parts = _parts(node)
    problem = next((found for part in parts if (found := _walked(part, level + 1, sizes))), None)
    # Sizes grow without bound for aliases of aliases; beyond the limit they need not be exact.
    sizes[id(node)] = min(1 + sum(sizes.get(id(part), 0) for part in parts), 2 * YAML_NODES)
    return problem


def _parts(node: Any) -> list[Any]:
    if isinstance(node, MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, SequenceNode) else []


def _first_line(error: Exception) -> str:
    """Return the position and the problem of a YAML error in one line, without the text around it."""
    mark = getattr(error, "problem_mark", None)
    place = f"line {mark.line + 1}: " if mark is not None else ""
    problem = getattr(error, "problem", None) or "nested too deeply, or a value that cannot be read"
    return place + shown(" ".join(str(problem).split()))
