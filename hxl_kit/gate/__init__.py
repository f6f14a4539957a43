"""The gate: what frictionless 5.21 says of a package, said far faster.

Every resource is opened by frictionless itself; only its row loop is replaced. Cells that are certainly clean are
proven so in bulk, every other distinct value is given once to frictionless' own reader, and its word stands. What
cannot be proven in bulk (another format, an odd dialect, a checklist) is left to frictionless as a whole.
"""

from hxl_kit.gate.memory import Memory, user_memory
from hxl_kit.gate.reports import GateReport, Request, frictionless_report
from hxl_kit.gate.verdicts import GateError, TaskVerdict, Verdict, verdict

__all__ = [
    "GateError",
    "GateReport",
    "Memory",
    "Request",
    "TaskVerdict",
    "Verdict",
    "frictionless_report",
    "user_memory",
    "verdict",
]
