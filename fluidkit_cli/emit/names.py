"""Names: Python's as TypeScript identifiers, with a trailing `_` where they would clash."""

import re
from collections.abc import Container

from ..workspace import Naming

# Words that no binding of a strict-mode module may have, and those that TypeScript keeps: what is
# assigned to `exports.name` it takes for CommonJS.
_WORDS = """
    arguments await break case catch class const continue debugger default delete do else enum eval
    export exports extends false finally for function if implements import in instanceof interface
    let new null package private protected public return static super switch this throw true try
    typeof undefined var void while with yield
"""
_RESERVED = frozenset(_WORDS.split())
# Names that a type of the app may not take: TypeScript's own, and those that our types mention.
_TYPE_WORDS = """
    any bigint boolean never number object string symbol unknown
    Array Blob Date DatesAsText File Partial Promise Record
"""
_RESERVED_TYPES = frozenset(_TYPE_WORDS.split())
# The runtime's types that a file may mention beside those of the app: no function is called so.
_RUNTIME = """
    ApiError DatesAsText Download DownloadOptions EventOptions EventStream HTTPValidationError
    RecordOptions RecordStream RequestOptions ServerEvent StatusOf TextOptions TextStream
    UploadOptions UrlOptions
"""
RUNTIME_TYPES = frozenset(_RUNTIME.split())
_NOT_A_NAME = re.compile(r"[^\w$]", re.ASCII)


def identifier(name: str, *, naming: Naming = "python") -> str:
    """A name for a function or a variable, as near to the Python name as TypeScript allows."""
    legal = property_name(name, naming=naming)
    return f"{legal}_" if legal in _RESERVED else legal


def property_name(name: str, *, naming: Naming = "python") -> str:
    """A name for a property that needs no quotes; unlike a variable's it may be any word."""
    if naming == "camelCase":
        name = camel_case(name)
    legal = name if name.isidentifier() else _NOT_A_NAME.sub("_", name)
    return legal if legal and not legal[0].isdigit() else f"_{legal}"


def type_name(name: str) -> str:
    """A name for a type. `Page[int]` is taken as `Page_int_`."""
    legal = identifier(name)
    return f"{legal}_" if legal in _RESERVED_TYPES else legal


def free_name(name: str, *, taken: Container[str]) -> str:
    """The name itself, or with as many trailing `_` as it takes to be free."""
    while name in taken:
        name += "_"
    return name


def camel_case(name: str) -> str:
    """`read_item_2` -> `readItem2`. Leading underscores and capitals stay."""
    bare = name.lstrip("_")
    head, *rest = bare.rstrip("_").split("_")
    words = [head, *(word[:1].upper() + word[1:] for word in rest)]
    return name[: len(name) - len(bare)] + "".join(words)


def pascal_case(name: str) -> str:
    """`stream_notifications` -> `StreamNotifications`."""
    camel = camel_case(name).lstrip("_")
    return camel[:1].upper() + camel[1:]
