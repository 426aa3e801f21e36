"""The demo world: what is loaded, from which files, and how its days are counted."""
