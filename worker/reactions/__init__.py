"""What is done about each kind of change, a module an object. `tests/test_wiring.py` writes out all of it."""

from worker.reactions import applications, fairs, invitations, members, messages, programme

__all__ = ["applications", "fairs", "invitations", "members", "messages", "programme"]
