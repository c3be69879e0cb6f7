"""`python -m fluidkit_cli` is `fluidkit`."""

from .cli import main

main()
