"""Figures: the words of a report as quantities with bounds."""
