"""Errors to plant, one for each check, and what they are planted in; `scripts/plant_errors.py` runs them."""
