"""PostgreSQL, Redis and a mail catcher as our own children, for development and tests.

Nothing here imports Django: the settings are read only after these servers have their addresses.
"""
