"""The one encoder through which text of the app goes into Python: strings, comments, docstrings."""

from collections.abc import Sequence

from ..text import visible

_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def string_literal(text: str) -> str:
    """`it's` -> `"it's"`: double quotes, unless single ones need fewer escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    escapes = {**_ESCAPES, quote: f"\\{quote}"}
    return quote + "".join(escapes.get(each) or _escaped(each) for each in text) + quote


def docstring(lines: Sequence[str], *, indent: str) -> list[str]:
    """The lines of a docstring, of which the first has text; none if there is nothing to say."""
    safe = [_doc_line(line) for line in lines]
    if not safe:
        return []
    last = safe[-1]
    # a quote, or an odd backslash, would join the closing quotes
    end = " " if last.endswith(('"', "\\")) else ""
    if len(safe) == 1:
        return [f'{indent}"""{last}{end}"""']
    body = [f"{indent}{line}".rstrip() for line in safe[1:]]
    return [f'{indent}"""{safe[0]}', *body, f'{indent}"""']


def paragraph(text: str) -> list[str]:
    """Its lines, without blank ones around them."""
    lines = [line.rstrip() for line in text.expandtabs(4).splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    if lines:
        lines[0] = lines[0].lstrip()
    return lines


def phrase(text: str) -> str:
    """The text on one line."""
    return " ".join(line.strip() for line in paragraph(text))


def comment(text: str) -> str:
    """The text on one line of a comment."""
    return visible(phrase(text))


def _doc_line(line: str) -> str:
    return visible(line).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape", "surrogatepass").decode()
