"""Reads from an app's source what its routes stream."""
