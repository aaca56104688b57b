"""Feeds and files in: read tolerantly, plan purely, apply in one locked transaction."""
