"""Planning and publishing a `Dataset` of hdx-python-api, by the way that packages go."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import DataError
from hxl_kit.hdx.site import site_at, site_of
from hxl_kit.publishing import apply_plan, make_plan
from hxl_kit.scraping.handed import handed
from hxl_kit.scraping.packed import packed
from hxl_kit.scraping.wanting import HandedWanting
from hxl_kit.targets.hdx import HdxTarget

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hdx.data.dataset import Dataset

    from hxl_kit.publishing import Published
    from hxl_kit.reading.packages import Package
    from hxl_kit.targets.plan import Plan


def plan_dataset(
    dataset: Dataset,
    *,
    sensitivity: str,
    to: str = "",
    waivers: Sequence[Mapping[str, Any]] = (),
    remove_additional_resources: bool = False,
) -> Plan:
    """Return what publishing a dataset would change on HDX, and what speaks against it; nothing is written.

    Args:
        dataset: the dataset with its resources, as for `Dataset.create_in_hdx`.
        sensitivity: the class of the data: low, moderate, high or severe; only low is published.
        to: a site: prod, stage, demo, feature or an address; "" for that of the dataset's own configuration.
        waivers: who answers for what screening finds, each with rule, resource, who, when and why.
        remove_additional_resources: whether resources that HDX has and the dataset has not are to go.

    Raises:
        UsageError: `to` is no site.
        DataError: HDX, or its client, would refuse the dataset; all problems are told.
        TargetError: the site is unreachable.
    """
    with _handing(dataset, to, sensitivity, waivers, alone=remove_additional_resources) as (package, target):
        return _planned(package, target)


def publish_dataset(
    dataset: Dataset,
    *,
    sensitivity: str,
    to: str = "",
    waivers: Sequence[Mapping[str, Any]] = (),
    remove_additional_resources: bool = False,
    replace_quarantined: bool = False,
    plan: Plan | None = None,
    after_withdrawal: bool = False,
) -> Published:
    """Publish a dataset in one step, read it back, and keep what was there before; without changes nothing is written.

    What was stopped half-way is completed by doing it again. `hxl-kit history`, `rollback`, `withdraw` and `doctor`
    take the dataset as they take any other.

    Args:
        dataset: as for `plan_dataset`, like the next four.
        sensitivity: the class of the data.
        to: a site.
        waivers: who answers for what screening finds.
        remove_additional_resources: whether other resources are to go.
        replace_quarantined: whether files that HDX keeps back are sent anew.
        plan: what `plan_dataset` gave; only this is done, and only if nobody changed the dataset meanwhile.
        after_withdrawal: whether a dataset that was withdrawn is published again on purpose.

    Raises:
        UsageError: `to` is no site, or not that of the plan.
        DataError: HDX, or its client, would refuse the dataset; all problems are told.
        ClearanceError: the dataset may not leave this machine; nothing was sent.
        TargetError: the dataset or what is served changed since the plan, the site refused, or what it serves is
            not what was sent.
    """
    with _handing(dataset, to, sensitivity, waivers, alone=remove_additional_resources) as (package, usual):
        target = replace(usual, replaces_quarantined=replace_quarantined)
        return apply_plan(
            plan or _planned(package, target), package, target, after_withdrawal=after_withdrawal
        )


def _planned(package: Package, target: HdxTarget) -> Plan:
    """Return the plan, with the differences in the files that were handed over: what else HDX has is no part of it."""
    plan = make_plan(package, target)
    names = {str(resource["name"]) for resource in package.resources}
    diff = replace(
        plan.diff,
        schema=tuple(change for change in plan.diff.schema if change.table in names),
        resources=tuple(change for change in plan.diff.resources if change.name in names),
        tables={name: table for name, table in plan.diff.tables.items() if name in names},
    )
    # The folder in which the package lies is gone afterwards.
    return replace(plan, package="", diff=diff)


@contextmanager
def _handing(
    dataset: Dataset, to: str, sensitivity: str, waivers: Sequence[Mapping[str, Any]], *, alone: bool
) -> Iterator[tuple[Package, HdxTarget]]:
    """Give the files of a dataset as a package, and the target that makes of it what the dataset says."""
    configuration = dataset.configuration
    named = to.removeprefix("hdx:")
    site = (
        site_of(named)
        if named
        else site_at(configuration.get_hdx_site_url(), configuration.get_api_key() or "")
    )
    told = handed(dataset, alone=alone)
    if not told.name:
        raise DataError("the dataset has no name; HDX's addresses are made of it")
    with tempfile.TemporaryDirectory(prefix="hxl-kit-") as folder:
        yield (
            packed(told, Path(folder), sensitivity, waivers),
            HdxTarget(site, wants=partial(HandedWanting, handed=told)),
        )
