"""Checks: rules as named boolean expressions, one module per theme."""
