"""From what a person types to a point, and from a point to its areas; offline."""
