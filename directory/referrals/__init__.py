"""A need that somebody asked help with, each attempt to get it, and how it ended: the loop that closes."""
