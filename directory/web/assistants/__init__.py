"""One more door: assistants ask through the Model Context Protocol, and get the same answers, safety first."""
