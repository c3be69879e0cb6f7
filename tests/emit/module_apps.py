"""An app whose modules, functions and values have the names of what a client is made of."""

from fluidkit_cli.api import Api, Enumeration, Json, Member, Model, Parameter, Reference, Scalar
from fluidkit_cli.api import Field as FieldType

from .building import NUMBER, TEXT, route

_MODULES = """
    Abc B Client Zebra _x a1 a2 a10 abc_d async_items clients close functools items json models
    runtime sources typing v1.items v2.items v10.items
"""
_NAMED = ("functools", "Literal", "UUID", "Union", "datetime", "json", "self", "call", "answer")


def modules() -> Api:
    parameters = tuple(Parameter(name, name, "query", NUMBER, True) for name in _NAMED)
    members = tuple(Member(name, name) for name in (*_NAMED, "name", "mro"))
    routes = [
        route(name, f"GET /{module}/{name}", Json(TEXT), parameters, module=f"app.{module}")
        for module in _MODULES.split()
        for name in ("client", "functools", "list")
    ]
    quotes = (FieldType('"""', Scalar("string", "uuid")), FieldType("'", Reference("Word")))
    said = 'A 12" Decimal.'
    word = Enumeration("Word", members, said, origin="it's:Word")
    return Api(tuple(routes), (word, Model("Quotes", quotes, description=said, origin="shop:Q")))
