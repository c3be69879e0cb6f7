"""The clients of one Python module as one file: its functions, and what they import."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...api import Answer, ByFlag, Events, Json, Records, Route, Single, Text
from ...api import types as api
from ...workspace import Naming
from ..clients import Client
from ..names import RUNTIME_TYPES, free_name, pascal_case, type_name
from .answers import UNDECIDED, Returned, returned, type_role, with_files
from .dates import Dates, revivals_of, singles
from .errors import bodies, raised
from .functions import Function, call_function, encoders, guard, url_function
from .imports import import_statement, renamed
from .layout import Doc
from .overloads import Choice, choice_function
from .parameters import arguments_of
from .revivals import Words, expression
from .revivers import reviver_name
from .settling import settled_route
from .shapes import references
from .types import DATES_AS_TEXT, TypePrinter

_ADDRESS = Returned("url", "UrlOptions", "string", ("UrlOptions",))
_OF_ADDRESS = ("path", "query")


@dataclass(frozen=True, slots=True)
class ModuleText:
    """What the file is made of: lines of imports, and declarations in the order of the source."""

    imports: tuple[str, ...]
    declarations: tuple[str, ...]


def module_text(
    clients: Sequence[Client], *, printer: TypePrinter, naming: Naming, dates: Dates | None
) -> ModuleText:
    """The file of `clients`, which are all those of one module. Without `dates` they are text."""
    urls = _url_names(clients, naming)
    exported = {client.name for client in clients} | set(urls.values())
    module = _Module(printer, naming, dates, exported)
    for client in clients:
        module.add(client, url=urls.get(client.name))
    depth = clients[0].module_path.count("/")
    return module.text("../" * depth or "./")


@dataclass(slots=True)
class _Module:
    """Collects what the functions declare and import.

    `types` is what the app's types are called in `types.ts`, `printer.names` what they are called
    here; `taken` are the names that the runtime's functions and new types must not have.
    """

    printer: TypePrinter
    naming: Naming
    dates: Dates | None
    taken: set[str]
    types: Mapping[str, str] = field(init=False)
    declarations: list[str] = field(default_factory=list)
    values: set[str] = field(default_factory=set)
    runtime_types: set[str] = field(default_factory=set)
    app_types: set[str] = field(default_factory=set)
    date_functions: set[str] = field(default_factory=set)
    revivers: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.types = self.printer.names
        reserved = self.taken | RUNTIME_TYPES
        names = reserved.union(self.types.values())
        clashes = {key: name for key, name in self.types.items() if name in reserved}
        local = {key: free_name(name, taken=names) for key, name in clashes.items()}
        self.printer = replace(self.printer, names={**self.types, **local})
        self.taken = names.union(local.values())

    def add(self, client: Client, *, url: str | None) -> None:
        """The function of a client, and the one of its address if that is to have a name."""
        words = _Borrowed(self)
        dates = [self._dates_in(answer, words) for answer in singles(client.route.answer)]
        if self.dates:
            client = replace(client, route=settled_route(client.route, dates=self.dates))
        route = client.route
        answers = {answer: self._returned(client, answer) for answer in singles(route.answer)}
        calls = {each: self._call(each.call, each.imports) for each in answers.values()}
        encoding = {name: self._call(name, ()) for name in encoders(route)}
        taken = {*calls.values(), *encoding.values(), *words.used}
        taken |= {self.local("url")} if url else set()
        arguments = tuple(arguments_of(route, naming=self.naming, taken=taken))
        self._mention([type for answer in answers for type in _types_of(answer)])
        self._mention([argument.type for argument in arguments])
        functions = [
            Function(client.name, route, answer, arguments, each, calls[each], revived, encoding)
            for (answer, each), revived in zip(answers.items(), dates, strict=True)
        ]
        guarded = self._guarded(client)
        self.declarations.append(self._printed(route.answer, functions) + guarded)
        if url:
            address = tuple(a for a in arguments if a.location in _OF_ADDRESS)
            call = self._call("url", _ADDRESS.imports)
            function = Function(url, route, Text(), address, _ADDRESS, call)
            self.declarations.append(url_function(function, printer=self.printer))

    def _dates_in(self, answer: Single, borrowed: "_Borrowed") -> tuple[tuple[str, Doc], ...]:
        """What makes the dates of an answer, whose functions are imported with it."""
        words = Words(borrowed.function, borrowed.reviver)
        revivals = revivals_of(answer, dates=self.dates) if self.dates else {}
        return tuple((name, expression(each, words)) for name, each in revivals.items())

    def _returned(self, client: Client, answer: Single) -> Returned:
        """What comes of an answer; the type that it needs goes above."""
        name = self._free_type(client, role=type_role(answer))
        found = returned(answer, printer=self.printer, name=name)
        if found.declaration:
            self.taken.add(name)
            self.declarations.append(found.declaration)
        body = client.route.body
        return with_files(found) if body and body.encoding == "multipart" else found

    def _printed(self, answer: Answer, functions: list[Function]) -> str:
        match answer, functions:
            case ByFlag(), [on, off]:
                self.runtime_types.update(UNDECIDED)
                return choice_function(Choice(answer, on, off), printer=self.printer)
            case _:
                return call_function(functions[0], printer=self.printer)

    def _guarded(self, client: Client) -> str:
        """What follows the function that may raise; the type that it mentions goes above."""
        route = client.route
        name = self._free_type(client, role="Error")
        errors = raised(route.errors, printer=self.printer, name=name)
        if not errors.statuses:
            return ""
        if errors.declaration:
            self.taken.add(name)
            self.declarations.append(errors.declaration)
        self._mention(bodies(route.errors))
        call = self._call("errors", errors.imports)
        return "\n" + guard(client.name, route=route, call=call, raised=errors)

    def text(self, folder: str) -> ModuleText:
        """The file's parts; `folder` is where the runtime is, seen from it."""
        imports = [
            import_statement(f"{folder}runtime.ts", values=self.values, types=self.runtime_types)
        ]
        if self.date_functions:
            imports.append(
                import_statement(f"{folder}runtime/dates.ts", values=self.date_functions)
            )
        if self.revivers:
            imports.append(import_statement(f"{folder}dates.ts", values=self.revivers))
        if self.app_types:
            imports.append(import_statement(f"{folder}types.ts", types=self.app_types))
        return ModuleText(tuple(imports), tuple(self.declarations))

    def _free_type(self, client: Client, *, role: str) -> str:
        return free_name(type_name(pascal_case(client.name) + role), taken=self.taken)

    def _call(self, call: str, types: Iterable[str]) -> str:
        """What the runtime's function is called here; it is imported with the types."""
        local = self.local(call)
        self.values.add(renamed(call, local))
        self.runtime_types.update(types)
        return local

    def local(self, call: str) -> str:
        """What an import is called here."""
        return free_name(call, taken=self.taken)

    def _mention(self, types: Iterable[api.Type]) -> None:
        for type in types:
            mentioned = references(type)
            if DATES_AS_TEXT in mentioned:
                self.runtime_types.add("DatesAsText")
            for key in mentioned & self.types.keys():
                self.app_types.add(renamed(self.types[key], self.printer.names[key]))


@dataclass(slots=True)
class _Borrowed:
    """Imports what makes dates, and remembers what it is called where one function uses it."""

    module: _Module
    used: set[str] = field(default_factory=set)

    def function(self, name: str) -> str:
        return self._local(name, imported=self.module.date_functions)

    def reviver(self, name: str) -> str:
        wanted = reviver_name(self.module.types[name])
        return self._local(wanted, imported=self.module.revivers)

    def _local(self, name: str, *, imported: set[str]) -> str:
        local = self.module.local(name)
        imported.add(renamed(name, local))
        self.used.add(local)
        return local


def _url_names(clients: Sequence[Client], naming: Naming) -> dict[str, str]:
    """By function, the name of the one beside it that tells its address."""
    taken = {client.name for client in clients}
    names: dict[str, str] = {}
    for client in clients:
        if _is_linkable(client.route):
            wanted = f"{client.name}Url" if naming == "camelCase" else f"{client.name}_url"
            names[client.name] = free_name(wanted, taken=taken)
            taken.add(names[client.name])
    return names


def _is_linkable(route: Route) -> bool:
    """A GET that needs nothing but its address."""
    body = route.body is not None and route.body.required
    headers = any(p.required for p in route.parameters if p.location == "header")
    return route.method == "GET" and not body and not headers


def _types_of(answer: Single) -> list[api.Type]:
    match answer:
        case Json(type) | Records(type):
            return [type]
        case Events(events):
            return [event.type for event in events]
        case _:
            return []
