"""`Client` and `AsyncClient`: one attribute for each module of the app."""

from collections.abc import Iterable, Iterator, Sequence

from ..clients import Client
from ..names import free_name
from .layout import INDENT
from .modules import Module
from .names import MENTIONED, class_name, identifier, module_name

_FILES = {"clients", "models", "runtime"}
_OF_CLIENTS = {"aclose", "close", "functools"}


def modules_of(clients: Iterable[Client]) -> list[Module]:
    """One for each Python module of the app, in their order."""
    by_path: dict[str, dict[str, Client]] = {}
    for client in clients:
        by_path.setdefault(client.module_path, {})[client.name] = client
    modules = []
    taken = {"Client", *_FILES, *_OF_CLIENTS, *MENTIONED}
    for path, members in by_path.items():
        name = free_name(module_name(path), taken=taken)
        own = class_name(path)
        while not taken.isdisjoint(_classes(own)) or own == name:
            own += "_"
        taken |= {name, *_classes(own)}
        source = next(iter(members.values())).route
        routes = {identifier(each): client.route for each, client in members.items()}
        modules.append(Module(name, own, source.file or source.module, routes))
    return modules


def clients_text(modules: Sequence[Module]) -> str:
    """What stands below the imports of `runtime`."""
    return "\n\n\n".join(_class(modules, prefix) for prefix in ("", "Async"))


def _class(modules: Sequence[Module], prefix: str) -> str:
    kind = "code that awaits" if prefix else "plain code"
    lines = [f"class {prefix}Client({prefix}BaseClient):", f'{INDENT}"""The app for {kind}."""']
    for module in modules:
        lines += [
            "",
            f"{INDENT}@functools.cached_property",
            f"{INDENT}def {module.name}(self) -> {prefix}{module.class_name}:",
            f"{INDENT * 2}return {prefix}{module.class_name}(self._routes)",
        ]
    return "\n".join(lines)


def _classes(name: str) -> tuple[str, str]:
    return name, f"Async{name}"


def imported(modules: Iterable[Module]) -> Iterator[tuple[str, str]]:
    """What those classes are made of: modules, and names in them."""
    yield "functools", "functools"
    for each in modules:
        yield f".{each.name}", each.class_name
        yield f".{each.name}", f"Async{each.class_name}"
