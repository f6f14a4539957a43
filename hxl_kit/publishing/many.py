"""Publishing many packages: planned together, applied one by one, so that one that fails stops no other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import DataError, ExitCode, HxlKitError, InputError, TargetError, UsageError
from hxl_kit.publishing.applying import Published, apply_plan
from hxl_kit.publishing.planning import make_plan
from hxl_kit.reading.packages import DESCRIPTOR, read_package
from hxl_kit.targets.target import count_text, size_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hxl_kit.targets.plan import Plan
    from hxl_kit.targets.target import Target


@dataclass(frozen=True)
class Outcome:
    """What became of one package: published, or the error that kept it from being."""

    dataset: str
    published: Published | None = None
    error: HxlKitError | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON of `publish` for one package."""
        if self.published:
            return self.published.as_json()
        return {"dataset": self.dataset, "published": False, "error": str(self.error)}

    def as_text(self) -> str:
        """Return a line for people."""
        return self.published.as_text() if self.published else f"{self.dataset}: NOT published: {self.error}"


@dataclass(frozen=True)
class Outcomes:
    """What became of all of them."""

    each: tuple[Outcome, ...]

    @property
    def code(self) -> ExitCode:
        """The exit code: of the first that failed."""
        return next((one.error.exit_code for one in self.each if one.error), ExitCode.OK)

    def as_text(self) -> str:
        """Return a line for each, and of several a summary."""
        lines = [one.as_text() for one in self.each]
        if len(self.each) > 1:
            done = [one.published for one in self.each if one.published]
            new = [published for published in done if published.changes]
            size = size_text(sum(published.bytes for published in new))
            lines.append(
                f"{count_text(len(self.each), 'package')}: {len(new):,} published ({size}), "
                f"{len(done) - len(new):,} unchanged, {len(self.each) - len(done):,} failed"
            )
        return "\n".join(lines)


def packages_in(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the packages that paths name: a package, or a folder of packages such as `split_by` makes, in order.

    Raises:
        UsageError: a folder holds none.
    """
    found: list[Path] = []
    for path in paths:
        inside = [] if _is_one(path) else sorted(p.parent for p in path.glob(f"*/{DESCRIPTOR}"))
        if path.is_dir() and not _is_one(path) and not inside:
            raise UsageError(
                f"{path}: holds no {DESCRIPTOR}, and no folder in it does; build the package first"
            )
        found += inside or [path]
    return tuple(dict.fromkeys(found))


def _is_one(path: Path) -> bool:
    return not path.is_dir() or (path / DESCRIPTOR).exists()


def make_plans(paths: Sequence[Path], target: Target) -> tuple[Plan, ...]:
    """Return the plans of packages.

    Raises:
        HxlKitError: some cannot be planned; of several all problems are told at once, and nothing is sent.
    """
    plans: list[Plan] = []
    errors: list[HxlKitError] = []
    for path in paths:
        try:
            plans.append(make_plan(read_package(path), target))
        except HxlKitError as error:
            errors.append(error)
    if errors:
        kind = next(k for k in _KINDS if isinstance(errors[0], k))
        raise errors[0] if len(errors) == 1 else kind("\n".join(map(str, errors)))
    _require_own_names(plans)
    return tuple(plans)


_KINDS = (UsageError, DataError, InputError, TargetError, HxlKitError)


def _require_own_names(plans: Sequence[Plan]) -> None:
    """Refuse two packages of one name: the second would be published over the first."""
    names = [plan.dataset for plan in plans]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(
            f"publish: several packages are called {', '.join(twice)}; give each a name of its own"
        )


def apply_plans(
    plans: Sequence[Plan],
    target_of: Callable[[Plan], Target],
    *,
    after_withdrawal: bool = False,
    done: Callable[[Outcome], None] = lambda _: None,
) -> Outcomes:
    """Apply plans one after another; one that fails is told with its reason, and the others go on.

    Run again, those that are published already cost nothing but a look.

    Args:
        plans: the plans.
        target_of: gives the target of a plan.
        after_withdrawal: whether withdrawn datasets are published again on purpose.
        done: told of each as it is done.
    """
    outcomes = []
    for plan in plans:
        outcomes.append(_applied(plan, target_of, after_withdrawal=after_withdrawal))
        done(outcomes[-1])
    return Outcomes(tuple(outcomes))


def _applied(plan: Plan, target_of: Callable[[Plan], Target], *, after_withdrawal: bool) -> Outcome:
    try:
        package, target = read_package(Path(plan.package)), target_of(plan)
        return Outcome(plan.dataset, apply_plan(plan, package, target, after_withdrawal=after_withdrawal))
    except HxlKitError as error:
        return Outcome(plan.dataset, None, error)
