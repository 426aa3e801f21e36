"""Counties, towns, venues, fairs, halls, booths and calls."""
