"""Handlers: parse, call, return."""

from typing import Any

handlers: list[Any] = []
