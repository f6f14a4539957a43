"""Packages: read, built from package.yaml or provider files, compared."""
