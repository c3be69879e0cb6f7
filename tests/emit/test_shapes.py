"""Simpler types that mean the same."""

import pytest

from fluidkit_cli.api import Array, Literal, Scalar, Type, Union, Unknown
from fluidkit_cli.emit.typescript.shapes import simplified

TEXT, NUMBER, FLAG, NULL = Scalar("string"), Scalar("number"), Scalar("boolean"), Scalar("null")


@pytest.mark.parametrize(
    ("members", "simple"),
    [
        ((TEXT, Literal("")), TEXT),
        ((Literal("a"), NULL, Scalar("string", "uuid")), Union((NULL, TEXT))),
        ((Literal(1), Scalar("integer"), NUMBER), NUMBER),
        ((Literal(True), FLAG), FLAG),
        ((Literal(True), NUMBER), Union((Literal(True), NUMBER))),
        ((Literal("a"), Array(TEXT)), Union((Literal("a"), Array(TEXT)))),
        ((Union((Literal("a"), NULL)), Unknown()), Unknown()),
        ((Literal(1), Literal(True)), Union((Literal(1), Literal(True)))),
    ],
)
def test_a_value_is_in_one_member_of_a_union(members: tuple[Type, ...], simple: Type) -> None:
    # Not by equality: to Python, Literal(1) and Literal(True) are equal.
    assert repr(simplified(Union(members))) == repr(simple)
