"""Who may call what. Every route says it in its `opt`: `access="open"`, `"staff"`, or a permission of roles.py.

A test walks all routes and fails on one that says nothing.
"""

from directory.access.guard import OPEN, caller, guarded
from directory.access.roles import LEVELS, SYSTEM, Caller

__all__ = ["LEVELS", "OPEN", "SYSTEM", "Caller", "caller", "guarded"]
