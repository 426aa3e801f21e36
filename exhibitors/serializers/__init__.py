"""How companies, applications, reviews and placements are shown and given. States are shown, never given.

What one reader may know and another may not is listed by name; all else is null, so that the shape stays the same.
"""
