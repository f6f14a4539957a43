"""Run the whole test-suite: formatting, lint, types, tests. `python3 scripts/test.py [pytest arguments]`."""

from __future__ import annotations

import sys

from environment import ready, run

# Every core works on files of tests of its own.
ALL = ("-n", "auto", "--dist", "loadfile")


def main() -> int:
    """Return 0 if everything passes; every step runs, so that one run shows all that is wrong."""
    python = ready("test")
    steps = {
        "format": ("-m", "ruff", "format", "--check", "--quiet", "."),
        "lint": ("-m", "ruff", "check", "--quiet", "."),
        "types": ("-m", "mypy"),
        "tests": ("-m", "pytest", "-q", *(sys.argv[1:] or ALL)),
    }
    failed = []
    for name, arguments in steps.items():
        print(f"== {name}", flush=True)
        if run(python, *arguments):
            failed.append(name)
    print(f"failed: {', '.join(failed)}" if failed else "everything passed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
