"""Invented requests: the demonstration's queue and year of history, and as many as a benchmark asks for."""
