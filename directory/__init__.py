"""Flourish Directory: find the right help for a child or family, whoever is asked."""

__version__ = "0.1.0"
