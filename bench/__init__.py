"""Benchmarks: every figure is a ratio, or a size, measured in one run on one machine, so that runs can be compared."""
