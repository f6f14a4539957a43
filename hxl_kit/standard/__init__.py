"""The standard: tables, code lists and tags, read from `schemas/`."""
