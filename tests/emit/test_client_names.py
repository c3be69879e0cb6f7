"""What clients are called, and where they go."""

import pytest

from fluidkit_cli.api import Api, Empty, Route
from fluidkit_cli.emit import clients_of
from fluidkit_cli.emit.modules import module_paths
from fluidkit_cli.emit.names import camel_case, free_name, identifier, pascal_case, type_name
from fluidkit_cli.workspace import Naming


@pytest.mark.parametrize(
    ("module", "path"),
    [
        ("backend.main", "main"),
        ("backend.routes.chat", "chat"),
        ("backend.routers.chat", "chat"),
        ("backend.api.v1.items", "v1/items"),
        ("backend.routes.admin.users", "admin/users"),
        ("backend.routes", "routes"),
        ("backend.billing.routes", "billing/routes"),
        ("backend", "backend"),
        ("main", "main"),
        ("other_package.routes.chat", "other_package/routes/chat"),
        ("", "app"),
    ],
)
def test_a_file_is_called_after_its_module_without_the_apps_package(module: str, path: str) -> None:
    assert module_paths([module], package="backend") == {module: path}


def test_modules_that_would_share_a_file_keep_their_leading_part() -> None:
    paths = module_paths(["backend.items", "backend.routes.items"], package="backend")
    assert paths == {"backend.items": "items", "backend.routes.items": "routes/items"}


def test_modules_never_share_a_file_even_where_capitals_do_not_count() -> None:
    modules = ["backend.Items", "backend.items", "backend.ite-ms", "backend.ite/ms", "items"]
    paths = module_paths(modules, package="backend")
    assert len({path.casefold() for path in paths.values()}) == len(modules)


@pytest.mark.parametrize(
    "module",
    ["../../../../tmp/pwned", "..", "a/../../b", "CON", "aux.ts", "a\0b", "a" * 300, "Ünï", "x:y"],
)
def test_odd_modules_have_portable_paths_within_the_output(module: str) -> None:
    path = module_paths([module], package="backend")[module]
    assert path.isascii()
    for part in path.split("/"):
        assert 0 < len(part) <= 101
        assert part.replace("_", "").replace("-", "").isalnum() or set(part) == {"_"}
        assert part.lower() not in ("con", "aux", "..", ".")


@pytest.mark.parametrize(
    ("python", "typescript"),
    [
        ("read_item", "read_item"),
        ("delete", "delete_"),
        ("new", "new_"),
        ("größe", "größe"),
        ("2nd", "_2nd"),
        ("a-b", "a_b"),
        ("<lambda>", "_lambda_"),
        ("", "_"),
    ],
)
def test_a_name_stays_as_near_to_python_as_typescript_allows(python: str, typescript: str) -> None:
    assert identifier(python) == typescript


@pytest.mark.parametrize(
    ("python", "camel", "pascal"),
    [
        ("read_item", "readItem", "ReadItem"),
        ("read_item_2", "readItem2", "ReadItem2"),
        ("_private_thing", "_privateThing", "PrivateThing"),
        ("already", "already", "Already"),
        ("getHTTPThing", "getHTTPThing", "GetHTTPThing"),
        ("trailing_", "trailing", "Trailing"),
        ("__proto__", "__proto", "Proto"),
    ],
)
def test_camel_case_changes_underscores_only(python: str, camel: str, pascal: str) -> None:
    assert camel_case(python) == camel
    assert pascal_case(python) == pascal


def test_a_type_never_takes_the_name_of_one_that_generated_code_needs() -> None:
    assert [type_name(name) for name in ("Promise", "string", "class", "Item")] == [
        "Promise_",
        "string_",
        "class_",
        "Item",
    ]


def test_a_taken_name_gets_underscores_until_it_is_free() -> None:
    assert free_name("a", taken={"a", "a_"}) == "a__"


@pytest.mark.parametrize(
    ("addresses", "names"),
    [
        (["GET /a"], ["item"]),
        (["GET /a", "POST /a"], ["item_get", "item_post"]),
        (["GET /v1/a", "GET /v2/a"], ["item_v1", "item_v2"]),
        (["GET /items", "GET /items/archive"], ["item", "item_archive"]),
        (["GET /a/{id}", "GET /a/by-name"], ["item_id", "item_by_name"]),
        (["GET /a", "POST /a", "GET /b"], ["item_get_a", "item_post_a", "item_get_b"]),
    ],
)
def test_routes_of_one_name_are_told_apart_by_what_differs(
    addresses: list[str], names: list[str]
) -> None:
    assert names_of(addresses) == names
    assert names_of(addresses[::-1]) == names[::-1]


def test_routes_that_nothing_tells_apart_still_have_names_of_their_own() -> None:
    names = names_of(["GET /a-b", "GET /a_b", "GET /a.b"])
    assert names == ["item_get_a_b", "item_get_a_b__", "item_get_a_b_"]


def test_a_suffix_never_takes_the_name_of_another_route() -> None:
    routes = [*routes_of(["GET /a", "PUT /a"]), Route("item_get", "m", "GET", "/b", Empty())]
    names = [client.name for client in clients_of(Api(tuple(routes)), package="m", naming="python")]
    assert sorted(names) == ["item_get", "item_get_", "item_put"]


@pytest.mark.parametrize(
    ("naming", "name"), [("python", "list_all_get"), ("camelCase", "listAllGet")]
)
def test_suffixes_follow_the_naming(naming: Naming, name: str) -> None:
    routes = tuple(Route("list_all", "m", method, "/a", Empty()) for method in ("GET", "PUT"))
    assert clients_of(Api(routes), package="m", naming=naming)[0].name == name


def names_of(addresses: list[str]) -> list[str]:
    """The names of routes called `item`, in the order of the addresses."""
    clients = clients_of(Api(tuple(routes_of(addresses))), package="m", naming="python")
    by_address = {f"{c.route.method} {c.route.path}": c.name for c in clients}
    return [by_address[address] for address in addresses]


def routes_of(addresses: list[str]) -> list[Route]:
    pairs = [address.split(" ") for address in addresses]
    return [Route("item", "m", method, path, Empty()) for method, path in pairs]
