"""The top floor: settings, addresses, and what a process starts with."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
