"""Events and figures that are told twice: the same under two ids, nearly the same, or the same by two sources.

After MELTT (Donnay, Dunford, McGrath, Backer and Cunningham, "Integrating Conflict Event Data", Journal of Conflict
Resolution 2019), events of two sources that are of one kind and near in time and place may be one event; within one
source they may as well be two, and are told only where they are alike beyond chance (`chance.py`).
"""

from __future__ import annotations

from functools import partial

from hxl_kit.checks.duplicates.between import in_other_sources
from hxl_kit.checks.duplicates.kept import FIGURES, kept
from hxl_kit.checks.duplicates.within import repeated_events, repeated_figures, similar_events
from hxl_kit.checks.rule import Check, TableRule
from hxl_kit.checks.theme import Context, Theme
from hxl_kit.standard.messages import N_

_MELTT = "Donnay et al., Integrating Conflict Event Data, Journal of Conflict Resolution 2019"
_TWICE = N_("Whoever adds the rows up counts the same people twice.")
_REPEATED = Check(
    "event-repeated",
    "warning",
    N_("names an event that row {row} tells too: all that is alike in them would hardly be so by chance"),
    _TWICE,
    "hxl_kit",
    N_("Keep one of the two rows, or say in description what sets the events apart."),
)
_SIMILAR = Check(
    "event-similar",
    "info",
    N_(
        "names an event that may be that of row {row}, {days} day(s) and {km} km away: all else is much alike"
    ),
    _TWICE,
    "hxl_kit",
    N_("Look at both rows in the source; keep one if they tell of the same event."),
)
_ELSEWHERE = Check(
    "event-other-source",
    "info",
    N_(
        "names an event that another source may tell in row {row}, {days} day(s) and {km} km away: its kind and size are alike"
    ),
    N_("Events that several sources report are counted once only if a cluster_id links them (G10)."),
    _MELTT,
    N_("Give both rows the same cluster_id if they tell of the same event."),
)
_FIGURE = Check(
    "figure-repeated",
    "warning",
    N_("states a figure that row {row} states too: of one source, people, place, period and number"),
    _TWICE,
    "hxl_kit",
    N_("Keep one of the two rows, or mark the other one as triangulation."),
)
CHECKS = (_REPEATED, _SIMILAR, _ELSEWHERE, _FIGURE)


def _rules(name: str, _: Context) -> tuple[TableRule, ...]:
    if name == "events":
        told = {_REPEATED: repeated_events, _SIMILAR: similar_events, _ELSEWHERE: in_other_sources}
        return tuple(
            TableRule(check.slug, name, "event_id", check.severity, found, check.message)
            for check, found in told.items()
        )
    if name in FIGURES:
        found = partial(repeated_figures, name=name)
        return (TableRule(_FIGURE.slug, name, "figure_id", _FIGURE.severity, found, _FIGURE.message),)
    return ()


THEME = Theme(
    "duplicates", N_("events and figures that are told twice"), CHECKS, kept=kept, table_rules=_rules
)
