"""Cells and fields near the edges of every type, for comparing the gate with frictionless.

The first six texts of a type's pool in `data/gate_values.json` are plain values of it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

VALUES = json.loads((Path(__file__).parent / "data" / "gate_values.json").read_text("utf-8"))
NAMES, SPACES, NASTY, COMMON = (VALUES[key] for key in ("names", "spaces", "nasty", "common"))
POOLS, FORMATS, PATTERNS = (VALUES[key] for key in ("pools", "formats", "patterns"))
ENDS, OPTIONS, MISSING = (VALUES[key] for key in ("ends", "options", "missing"))


def cell(rng: Random, type_: str, *, tidy: bool = False) -> str:
    """Return a cell for a field of a type: mostly of its pool, sometimes with odd white space, sometimes alien.

    In a tidy table it is nearly always one of the plain values that begin a pool.
    """
    if tidy and rng.random() < 0.995:
        return rng.choice(POOLS[type_][:6])
    chance = rng.random()
    if chance < 0.82:
        pool = POOLS[type_]
        # The first few of a pool are plain values: most cells of real tables are.
        return rng.choice(pool[:6] if rng.random() < 0.6 else pool)
    if chance < 0.88:
        return (
            rng.choice(["", rng.choice(SPACES)])
            + rng.choice(POOLS[type_])
            + rng.choice(["", rng.choice(SPACES)])
        )
    if chance < 0.94:
        return _near(rng, type_) if rng.random() < 0.7 else ""
    return rng.choice(NASTY) if chance < 0.98 else rng.choice(POOLS[rng.choice(list(POOLS))])


def _near(rng: Random, type_: str) -> str:
    """Return a number near a power of two, a day near the ends of months, a time near the ends of a day."""
    sign = rng.choice(["", "", "-", "+"])
    match type_:
        case "integer" | "year":
            return f"{sign}{rng.choice([0, 10, 2024, 1 << 31, 1 << 53, 1 << 62, 1 << 63]) + rng.randrange(-2, 3)}"
        case "number":
            tail = "0" * rng.randrange(18) + str(rng.randrange(10))
            return f"{sign}{rng.choice([0, 1, 2, 10, 1 << 53])}.{rng.choice(['', '5', '1', '4', '9'])}{tail}"
        case "date":
            return _day(rng)
        case "time":
            return _clock(rng)
        case "datetime":
            return f"{_day(rng)}T{_clock(rng)}{rng.choice(['Z', 'Z', '', '+00:00', '.5Z'])}"
    return rng.choice(POOLS[type_])


def _day(rng: Random) -> str:
    year = rng.choice([0, 1, 1900, 2000, 2023, 2024, 9999])
    return f"{year:04}-{rng.randrange(14):02}-{rng.choice([0, 1, 9, 28, 29, 30, 31, 32]):02}"


def _clock(rng: Random) -> str:
    return ":".join(f"{rng.choice([0, 5, 9, 23, 24, 59, 60]):02}" for _ in range(3))


def field(rng: Random, name: str, *, version: int, tidy: bool = False) -> dict[str, Any]:
    """Return a field of any type with options and constraints, nearly always one that frictionless accepts.

    One of a tidy table mostly has none that its plain values break.
    """
    type_ = rng.choice(COMMON) if rng.random() < 0.75 else rng.choice(list(POOLS))
    found: dict[str, Any] = {"name": name, "type": type_}
    if rng.random() < 0.03:
        del found["type"]
    if tidy and rng.random() < 0.85:
        return {**found, "constraints": {"required": True}} if rng.random() < 0.3 else found
    if rng.random() < 0.3 and type_ in FORMATS:
        found["format"] = rng.choice(FORMATS[type_])
    if rng.random() < 0.3 and type_ in OPTIONS:
        found |= rng.choice(OPTIONS[type_])
    if rng.random() < 0.1:
        found["missingValues"] = rng.choice(MISSING)
    constraints = {} if rng.random() < 0.4 else _constraints(rng, type_, version=version)
    if constraints:
        found["constraints"] = constraints
    return found


def _constraints(rng: Random, type_: str, *, version: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if rng.random() < 0.5:
        found["required"] = rng.random() < 0.9
    if rng.random() < 0.2:
        found["unique"] = True
    if type_ == "string" and rng.random() < 0.4:
        found["pattern"] = rng.choice(PATTERNS)
    if type_ in ("string", "array", "object", "list") and rng.random() < 0.3:
        found[rng.choice(["minLength", "maxLength"])] = rng.choice([0, 1, 2, 3, 5])
    if type_ in ENDS and rng.random() < 0.5:
        names = ["minimum", "maximum", *(["exclusiveMinimum", "exclusiveMaximum"] if version == 2 else [])]
        for name in rng.sample(names, rng.choice([1, 1, 2])):
            found[name] = rng.choice(ENDS[type_])
    if rng.random() < 0.15 and type_ not in ("any", "list"):
        found["enum"] = rng.sample(POOLS[type_][:8], 3)
    return found
