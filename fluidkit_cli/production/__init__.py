"""Runs what was built, as it is deployed: `fluidkit start`."""
