"""Text that a terminal shows as it is."""


def printable(text: str) -> str:
    """On one line, with all that would not be seen (`\\x1b`, a turn of direction) escaped."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
