"""Reactions to changes, the outbox, and when things run."""
