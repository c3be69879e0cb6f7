"""Names: those of the app as Python takes them in generated files, with a `_` where they clash."""

import keyword
import re
import unicodedata
from collections.abc import Container, Iterable

from ...workspace import Naming

_NOT_A_NAME = re.compile(r"\W")

# What annotations and bodies of generated files mention by name.
_MENTIONED = """
    Any ApiError AppTransport AsyncBaseClient AsyncDownload AsyncRoutes AsyncStream Awaitable
    BaseClient BaseModel Call ConfigDict Decimal DeclaredError Download Enum Field Generic
    HTTPValidationError IntEnum Literal Model NOTHING RequestKeywords Routes ServerSentEvent
    Stream StreamKeywords StrEnum TEXT TypeAliasType TypeVar UUID Unpack Upload bool bytes
    datetime dict float int list models overload str tuple with_flag _routes
"""
MENTIONED = frozenset(_MENTIONED.split())
# Keys of `options`, which no parameter may have.
_OPTIONS = """
    headers idle_timeout last_event_id max_bytes on_invalid on_upload_progress reconnect timeout
"""
OPTIONS = frozenset(_OPTIONS.split())
# Attributes of every pydantic model, of any version.
_MODEL_ATTRIBUTES = """
    construct copy dict from_orm json parse_file parse_obj parse_raw schema schema_json
    update_forward_refs validate
"""
_OF_MODELS = frozenset(_MODEL_ATTRIBUTES.split())
_OF_ENUMERATIONS = frozenset({"mro", "name", "value"})


def identifier(name: str, *, naming: Naming = "python") -> str:
    """A legal name, as near to the given one as can be, that is none of those mentioned."""
    legal = _legal(name)
    return f"{legal}_" if legal in MENTIONED else legal


def field_name(name: str) -> str:
    """A name for a field of a model: pydantic takes none with a leading underscore."""
    legal = identifier(name.lstrip("_") or "_")
    if legal.startswith("_"):
        legal = f"field{legal}"
    is_taken = legal in _OF_MODELS or legal.startswith("model_")
    return f"{legal}_" if is_taken else legal


def member_name(name: str) -> str:
    """A name for a member of an enumeration; those in underscores mean something else there."""
    legal = _legal(name)
    is_special = legal in _OF_ENUMERATIONS or legal.startswith("_")
    return f"{legal.strip('_') or 'member'}_" if is_special else legal


def class_name(path: str) -> str:
    """`admin/users` -> `AdminUsers`."""
    words = re.split(r"[\W_]+", path)
    return identifier("".join(word[:1].upper() + word[1:] for word in words) or "Routes")


def module_name(path: str) -> str:
    """`admin/users` -> `admin_users`."""
    return identifier(path.replace("/", "_"))


def free_names(names: Iterable[str], *, taken: Container[str] = ()) -> list[str]:
    """The names in order, each unlike those before it and those taken."""
    found: list[str] = []
    for name in names:
        own = name
        while own in taken or own in found:
            own += "_"
        found.append(own)
    return found


def _legal(name: str) -> str:
    """As Python itself reads it: ligatures are their letters, and two underscores hide a name."""
    text = _NOT_A_NAME.sub("_", unicodedata.normalize("NFKC", name)) or "_"
    text = text.strip("_") or "_" if text.startswith("__") else text
    text = f"_{text}" if text[0].isdigit() else text
    return f"{text}_" if keyword.iskeyword(text) else text
