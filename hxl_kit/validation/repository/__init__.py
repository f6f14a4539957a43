"""A repository of packages: which there are, which of them changed, and their reports."""
