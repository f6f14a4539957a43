"""The gate: what frictionless 5.21 says of a package, said far faster.

`frictionless_report` opens every resource with frictionless itself and replaces only its row loop: cells that are
certainly clean are proven so in bulk, every other distinct value is given once to frictionless' own reader, and its
word stands. What cannot be proven in bulk (another format, an odd dialect, a checklist) is left to frictionless as a
whole.
"""

from hxl_kit.gate.reports import GateReport, Request, frictionless_report

__all__ = ["GateReport", "Request", "frictionless_report"]
