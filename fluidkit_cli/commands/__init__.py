"""One file a command, each a short recipe."""
