"""The demonstration county: invented organizations in real Norfolk places, and what loads them."""
