"""The search on a partner's page: one script, one frame, and what both ask of this server."""
