"""The parts of scripts/fault_matrix.py."""
