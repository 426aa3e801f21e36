"""What is done about each kind of change, a module an object. `tests/test_wiring.py` writes out all of it."""

from worker.reactions import applications, fairs, members, messages, programme

__all__ = ["applications", "fairs", "members", "messages", "programme"]
