"""How places, fairs, plans and calls are shown and given. States are shown, never given."""
