"""Clearance: whether a package may leave this machine. Every target asks for it before anything is written.

`clearing.clear` looks at the sensitivity class, the access and terms of the sources, files of known providers, and
what screening and disclosure find; waivers of named people allow single findings. docs/clearance.md has the rules.
"""
