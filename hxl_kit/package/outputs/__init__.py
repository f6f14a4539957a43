"""The formats that a package is written in, one module each."""
