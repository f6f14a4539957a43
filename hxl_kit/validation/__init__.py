"""Validation: the engine, frictionless as the oracle, and the reports."""
