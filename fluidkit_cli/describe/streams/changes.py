"""Which objects a body changes in place, and which it hands to calls that may change them."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef
SPREAD = "**"


@dataclass(frozen=True, slots=True)
class Passing:
    """A call that takes an object, or else only a part of it, by place or by keyword."""

    call: ast.Call
    slot: int | str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """Of the objects under some names. `.name` is what any object has under an attribute."""

    changed: set[str] = field(default_factory=set)
    passed: dict[str, list[Passing]] = field(default_factory=dict)


def changes_of(body: ast.AST) -> Changes:
    """What a body and the functions within it change, also under the names of other objects that
    share a part with it: `inner = row["a"]; inner["b"] = 2` changes `row`."""
    if isinstance(body, ast.Module):
        return _changes_of_module(body)
    return _changes_of(body, givers=_givers(body))


def _changes_of(body: ast.AST, *, givers: Mapping[str, set[str]]) -> Changes:
    nodes = list(ast.walk(body))
    links = [link - _calls(link) | (link & givers.keys()) for n in nodes for link in _links(n)]
    called = {f"{node.id}()" for node in nodes if isinstance(node, ast.Name)}
    called |= {f"{node.attr}()" for node in nodes if isinstance(node, ast.Attribute)}
    links += [{call, *givers[call]} for call in called & givers.keys()]
    sharing = _sharing(links)
    # `rows.append(row)` changes `rows`; a change of what is in `rows` later changes `row`.
    holding = _sharing([*links, *(link for node in nodes for link in _taken(node))])
    grown = {name for node in nodes for name in _grown(node)}
    changed = {name for node in nodes for name in _changed(node)}
    passed: defaultdict[str, list[Passing]] = defaultdict(list)
    for node in nodes:
        for name, passing in _passings(node):
            for shared in sharing.get(name, {name}):
                passed[shared].append(passing)
    reached = changed.union(
        grown, *(sharing.get(n, ()) for n in grown), *(holding.get(n, ()) for n in changed)
    )
    return Changes(reached, dict(passed))


def _changes_of_module(tree: ast.Module) -> Changes:
    """Of each function by itself: their local names have nothing to do with each other."""
    givers = _givers(tree)
    found = [_changes_of(statement, givers=givers) for statement in _statements(tree.body)]
    passed: defaultdict[str, list[Passing]] = defaultdict(list)
    for changes in found:
        for name, passings in changes.passed.items():
            passed[name].extend(passings)
    return Changes({name for changes in found for name in changes.changed}, dict(passed))


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            yield from _statements(statement.body)
        else:
            yield statement


_CHANGING = {
    *("add", "append", "appendleft", "clear", "discard", "extend", "extendleft", "insert"),
    *("pop", "popitem", "popleft", "remove", "reverse", "setdefault", "sort", "update"),
    *("__delitem__", "__iadd__", "__ior__", "__setitem__"),
}


def _grown(node: ast.AST) -> Iterator[str]:
    """`x.append`, called or kept for later."""
    match node:
        case ast.Attribute(ast.Name(name), attribute, ast.Load()) if attribute in _CHANGING:
            yield name


def _taken(node: ast.AST) -> Iterator[set[str]]:
    """`x.append(y)`"""
    match node:
        case ast.Call(ast.Attribute(receiver, attribute), arguments) if attribute in _CHANGING:
            yield {*_path(receiver), *(name for name, _ in _all_parts(arguments))}


def _changed(node: ast.AST) -> Iterator[str]:
    """`x.y.append`, `x[...] = ...`, `x += ...`, `module.x = ...`."""
    match node:
        case ast.Attribute(ast.Name(), ctx=ast.Load()):
            return
        case ast.Attribute(changed, attribute, ast.Load()) if attribute in _CHANGING:
            yield from _path(changed)
        case ast.Subscript(changed, ctx=ast.Store() | ast.Del()):
            yield from _path(changed)
        case ast.AugAssign(ast.Name(), value=ast.Constant() | ast.JoinedStr()):
            return  # no list or dict takes these, so it is a number or a text
        case ast.AugAssign(changed):
            yield from _path(changed)
        case ast.Attribute(ast.Name("self" | "cls"), ctx=ast.Store()):
            return  # attributes.py reads these
        case ast.Attribute(_, attribute, ast.Store() | ast.Del()):
            yield f".{attribute}"
        case ast.Call(ast.Name("setattr"), [_, ast.Constant(str(attribute)), *_]):
            yield f".{attribute}"


def _path(node: ast.expr) -> Iterator[str]:
    """`x` and `.b` of `x["a"].b`; `f()` of `f()["a"]`."""
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            yield f".{node.attr}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield f"{node.func.id}()"
            return
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Name):
        yield node.id


def _calls(names: set[str]) -> set[str]:
    return {name for name in names if name.endswith("()")}


def _links(node: ast.AST) -> Iterator[set[str]]:
    """Names that have a part in common after `node`."""
    match node:
        case ast.Assign(targets, value):
            yield set[str]().union(*(_link(target, value) for target in targets))
        case ast.AnnAssign(target, value=ast.expr() as value) | ast.NamedExpr(target, value):
            yield _link(target, value)
        case ast.For(target, value) | ast.AsyncFor(target, value):
            yield _link(target, value)
        case ast.comprehension(target, value) | ast.withitem(value, ast.expr() as target):
            yield _link(target, value)


def _givers(body: ast.AST) -> dict[str, set[str]]:
    """`f()` for each function that returns what it has from around it, and the names of that."""
    functions = [node for node in ast.walk(body) if isinstance(node, Function)]
    found = {f"{function.name}()": _given_from_around(function) for function in functions}
    return {call: names for call, names in found.items() if names}


def _given_from_around(function: Function) -> set[str]:
    nodes = list(ast.walk(function))
    values = [node.value for node in nodes if isinstance(node, ast.Return) and node.value]
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    names = {name for name, _ in _all_parts(values)} - own
    return names - _calls(names)


def _link(target: ast.expr, value: ast.expr) -> set[str]:
    targets = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    inner = (part.value if isinstance(part, ast.Starred) else part for part in targets)
    return {name for part in inner for name in _path(part)} | {name for name, _ in _parts(value)}


def _sharing(links: Iterable[set[str]]) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = {}
    for link in links:
        if len(link) < 2:  # noqa: PLR2004 - it takes two to share
            continue
        group = link.union(*(groups.get(name, ()) for name in link))
        groups.update(dict.fromkeys(group, group))
    return groups


def _passings(node: ast.AST) -> Iterator[tuple[str, Passing]]:
    if not isinstance(node, ast.Call):
        return
    slots: list[tuple[int | str, ast.expr]] = list(enumerate(node.args))
    slots += [(keyword.arg or SPREAD, keyword.value) for keyword in node.keywords]
    for slot, argument in slots:
        # What an inner call gives is that call's concern.
        if not isinstance(argument, ast.Call):
            for name, is_whole in _parts(argument):
                yield name, Passing(node, slot, is_whole and slot != SPREAD)


# They write a text of what they are given, or count it.
_WITHOUT_PARTS = {"bool", "dumps", "float", "int", "len", "print", "repr", "str"}
_GIVING = {"copy", "get", "items", "pop", "popitem", "popleft", "setdefault", "values"}


def _parts(node: ast.expr) -> Iterator[tuple[str, bool]]:  # noqa: C901 - a case for each kind
    """Names of objects that are, or are in, the value of `node`; whether it has all of them."""
    match node:
        case ast.Name(name):
            yield name, True
        case ast.Attribute(_, attribute):
            yield f".{attribute}", True
        case ast.IfExp(_, body, orelse):
            yield from _all_parts([body, orelse])
        case ast.BoolOp(_, values) | ast.Dict(_, values):
            yield from _all_parts(values)
        case ast.List(elements) | ast.Tuple(elements) | ast.Set(elements):
            yield from _all_parts(elements)
        case ast.Await(inner) | ast.Starred(inner) | ast.NamedExpr(_, inner):
            yield from _parts(inner)
        case ast.Subscript(inner) | ast.ListComp(inner) | ast.GeneratorExp(inner):
            yield from _some_parts([inner])
        case ast.Call(ast.Attribute(receiver, name)) if name in _GIVING:
            yield from _some_parts([receiver])
        case ast.Call(ast.Name(name) | ast.Attribute(_, name), arguments, keywords):
            if name not in _WITHOUT_PARTS:
                yield f"{name}()", False
                yield from _some_parts([*arguments, *(keyword.value for keyword in keywords)])


def _all_parts(nodes: Iterable[ast.expr]) -> Iterator[tuple[str, bool]]:
    for node in nodes:
        yield from _parts(node)


def _some_parts(nodes: Iterable[ast.expr]) -> Iterator[tuple[str, bool]]:
    return ((name, False) for name, _ in _all_parts(nodes))
