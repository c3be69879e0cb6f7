"""Stands for the package that FastAPI asks for where an app has forms; nothing is parsed here."""

__version__ = "1.0.0"
