"""JSON Schema from pydantic's core schemas, with what the usual one loses."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic.json_schema import (
    CoreModeRef,
    DefsRef,
    GenerateJsonSchema,
    JsonSchemaMode,
    JsonSchemaValue,
)
from pydantic_core import core_schema

from .forms import Form

PYTHON = "x-python"
CLASS = "x-class"
MEMBERS = "x-members"
KEY = "x-key"


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """A type without a schema, or whose schema would be a guess. `function` is at fault, if any."""

    message: str
    hint: str
    function: Any = None


class SchemaGenerator(GenerateJsonSchema):
    """Schemas of one form.

    Adds to pydantic's: the class a definition comes from, the names of enum members, the types of
    dictionary keys, discriminators as required input, since pydantic refuses a union without, and
    output fields with defaults as required, since they are always sent. What has no schema is `{}`
    and one of `problems`.
    """

    def __init__(self, form: Form) -> None:
        super().__init__(ref_template="{model}")
        # pydantic's own default for input honours `validate_by_alias` of a model's configuration.
        if form.mode == "serialization":
            self.by_alias = not form.by_name
            self._by_alias = self.by_alias
        self.form = form
        self._mode = form.mode
        self.problems: list[SchemaProblem] = []
        self._tags: list[tuple[str, JsonSchemaValue]] = []

    @property
    def mode(self) -> JsonSchemaMode:
        # As pydantic's own, which takes a tenth of all describing to look it up, for each part.
        mode: JsonSchemaMode | None = self._config.config_dict.get("json_schema_mode_override")
        return self._mode if mode is None else mode

    def schema_of(self, schema: core_schema.CoreSchema) -> JsonSchemaValue:
        """A schema whose references are keys of `definitions`."""
        described = self.generate_inner(schema)
        while self._tags:
            self._require(*self._tags.pop())
        return described

    def _require(self, tag: str, schema: JsonSchemaValue) -> None:
        """Has each choice of a union require what tells it from the others, default or not."""
        found = self.definitions.get(schema["$ref"]) if "$ref" in schema else schema
        if found is None:
            return
        for choice in found.get("oneOf", ()):
            self._require(tag, choice)
        if tag in found.get("properties", {}) and tag not in found.get("required", ()):
            found["required"] = [*found.get("required", ()), tag]

    def get_defs_ref(self, core_mode_ref: CoreModeRef) -> DefsRef:
        # Names are chosen when all types are known, see naming.py.
        return DefsRef("/".join(core_mode_ref))

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        return _with_class(super().model_schema(schema), schema["cls"])

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> JsonSchemaValue:
        return _with_class(super().dataclass_schema(schema), schema["cls"])

    def typed_dict_schema(self, schema: core_schema.TypedDictSchema) -> JsonSchemaValue:
        described = super().typed_dict_schema(schema)
        return _with_class(described, schema["cls"]) if "cls" in schema else described

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        described = super().enum_schema(schema)
        if issubclass(schema["cls"], enum.Flag):
            # Members combine: `READ | WRITE` is a number that no member has.
            return _with_class({"type": "integer"}, schema["cls"])
        members = [[member.name, member.value] for member in schema["members"]]
        return _with_class({**described, MEMBERS: members}, schema["cls"])

    def float_schema(self, schema: core_schema.FloatSchema) -> JsonSchemaValue:
        described = super().float_schema(schema)
        config = self._config.config_dict
        is_finite = not schema.get("allow_inf_nan", config.get("allow_inf_nan", True))
        writes_names = config.get("ser_json_inf_nan") == "strings"
        if self.form.mode == "validation" or is_finite or not writes_names:
            return described
        return {"anyOf": [described, {"enum": ["Infinity", "-Infinity", "NaN"]}]}

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        described = super().tagged_union_schema(schema)
        tag = described.get("discriminator", {}).get("propertyName")
        if tag is not None and self.form.mode == "validation":
            self._tags.append((tag, described))
        return described

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        described = super().dict_schema(schema)
        if "keys_schema" in schema:
            described[KEY] = self.generate_inner(schema["keys_schema"])
        return described

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        # Defaults are of no use to a client, and writing them as JSON is slow and may fail.
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        required = super().field_is_required(field, total)
        if self.form.mode == "validation" or field["type"] == "typed-dict-field":
            return required
        if self.form.omits_defaults:
            return required and field["schema"]["type"] != "default"
        return field.get("serialization_exclude_if") is None

    def ser_schema(self, schema: Any) -> JsonSchemaValue | None:
        if not _is_untyped_serializer(schema):
            return super().ser_schema(schema)
        name = getattr(schema["function"], "__name__", "a serializer")
        self.problems.append(
            SchemaProblem(
                f"{name} has no return annotation, so what it writes is unknown",
                f"Annotate what {name} returns, as in -> str",
                schema["function"],
            )
        )
        return {}

    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> JsonSchemaValue:
        shown = getattr(schema.get("cls"), "__name__", None) or f"a {schema['type']} type"
        self.problems.append(
            SchemaProblem(f"{shown} has no JSON form", "Use a type that pydantic can describe")
        )
        return {}


def _with_class(schema: JsonSchemaValue, cls: type[Any]) -> JsonSchemaValue:
    return {**schema, CLASS: cls, PYTHON: f"{cls.__module__}:{cls.__qualname__}"}


def _is_untyped_serializer(schema: Mapping[str, Any]) -> bool:
    if schema["type"] not in ("function-plain", "function-wrap") or schema.get("return_schema"):
        return False
    # `SerializeAsAny` wraps `Any`: what it writes has at least the declared type's keys.
    if schema.get("schema", {}).get("type") == "any":
        return False
    module = getattr(schema["function"], "__module__", None) or "pydantic"
    return module.partition(".")[0] not in ("pydantic", "pydantic_core", "builtins")
