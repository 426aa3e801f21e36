"""Machinery without tables and without words of the domain."""
