"""The one encoder through which text of the app goes into TypeScript: strings, keys, comments."""

import re
import unicodedata

_SHORT_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
# Most texts need no escape at all.
_PLAIN = re.compile(r"[ !#-&(-;=-\[\]-~]*")
# What would end an inline <script>, or start a comment in one.
_SCRIPT = re.compile(r"<(?=/|!--)")
# Invisible characters that end lines, reorder what is shown, or cannot be written as UTF-8.
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_LAST_OF_ONE_UNIT = 0xFFFF


def string_literal(text: str) -> str:
    """`it's` -> `"it's"`: single quotes, unless double ones need fewer escapes."""
    if _PLAIN.fullmatch(text):
        return f"'{text}'"
    quote = '"' if text.count("'") > text.count('"') else "'"
    escaped = "".join(_escape_in_string(character, quote) for character in text)
    return quote + _SCRIPT.sub("\\\\u003c", escaped) + quote


def property_key(name: str) -> str:
    """A key of a type, of an interface or of an import: bare where it can be."""
    return name if name.replace("$", "_").isidentifier() else string_literal(name)


def value_key(name: str) -> str:
    """A key of an object literal. `__proto__` would set the prototype unless it is computed."""
    return "['__proto__']" if name == "__proto__" else property_key(name)


def doc_comment(lines: list[str]) -> list[str]:
    """The lines of a JSDoc comment: one line if it has one, none if there is nothing to say."""
    if not lines:
        return []
    if len(lines) == 1:
        return [f"/** {lines[0]} */"]
    return ["/**", *(f" * {line}".rstrip() for line in lines), " */"]


def comment_lines(text: str) -> list[str]:
    """The text as lines that can neither end a comment nor be read as a tag in it."""
    lines = [_comment_line(line) for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines


def comment_phrase(text: str) -> str:
    """The text on one line of a comment."""
    return " ".join(line.strip() for line in comment_lines(text))


def visible(text: str) -> str:
    """The text with those characters escaped that cannot be seen."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_escape_invisible, text))


def _comment_line(line: str) -> str:
    line = visible(line.expandtabs(4)).rstrip()
    line = line.replace("*/", "*\\/").replace("</script", "<\\/script")
    indent = len(line) - len(line.lstrip())
    # `@name` at the start of a line is a JSDoc tag, or an order to the compiler.
    return f"{line[:indent]}\\{line[indent:]}" if line[indent:].startswith("@") else line


def _escape_in_string(character: str, quote: str) -> str:
    if character == quote:
        return "\\" + character
    return _SHORT_ESCAPES.get(character) or _escape_invisible(character)


def _escape_invisible(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    if unicodedata.category(character) not in _INVISIBLE:
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= _LAST_OF_ONE_UNIT else f"\\u{{{code:x}}}"
