"""From a need in anyone's words to safety, needs, level, pathway and services."""
