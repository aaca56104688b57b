"""Are children flourishing: how requests go, what is missing where, what the directory covers and how fresh it is."""
