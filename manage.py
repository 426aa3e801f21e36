#!/usr/bin/env python
"""Django's command line, with this project's settings and, beside a `make run`, with its servers."""

import os
import sys

from django.core.management import execute_from_command_line

from operations import running

if __name__ == "__main__":
    running.adopt(os.environ)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    execute_from_command_line(sys.argv)
