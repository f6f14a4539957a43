"""Publishing: plan what would change, apply it and read it back, undo it, keep it in order."""

from hxl_kit.publishing.applying import Published, apply_plan, require_asked
from hxl_kit.publishing.bundle import opened_bundle, write_bundle
from hxl_kit.publishing.clearing import clearance_of, require_all_cleared, require_cleared
from hxl_kit.publishing.listing import History, history
from hxl_kit.publishing.many import Outcome, Outcomes, apply_plans, make_plans, packages_in
from hxl_kit.publishing.planning import make_plan, publishing_problems, read_plan, remarks
from hxl_kit.publishing.undoing import Rollback, Undone, plan_rollback, rollback
from hxl_kit.publishing.upkeep import Examination, examine, repair
from hxl_kit.publishing.withdrawing import Withdrawal, Withdrawn, plan_withdrawal, withdraw

__all__ = [
    "Examination",
    "History",
    "Outcome",
    "Outcomes",
    "Published",
    "Rollback",
    "Undone",
    "Withdrawal",
    "Withdrawn",
    "apply_plan",
    "apply_plans",
    "clearance_of",
    "examine",
    "history",
    "make_plan",
    "make_plans",
    "opened_bundle",
    "packages_in",
    "plan_rollback",
    "plan_withdrawal",
    "publishing_problems",
    "read_plan",
    "remarks",
    "repair",
    "require_all_cleared",
    "require_asked",
    "require_cleared",
    "rollback",
    "withdraw",
    "write_bundle",
]
