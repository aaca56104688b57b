"""Public pages, server-rendered: they work without JavaScript."""
