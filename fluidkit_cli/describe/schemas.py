"""JSON Schema from pydantic's core schemas, with what the usual one loses."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import (
    CoreModeRef,
    DefsRef,
    GenerateJsonSchema,
    JsonSchemaMode,
    JsonSchemaValue,
)
from pydantic_core import PydanticOmit, core_schema

from .alias_paths import Path, PlacedField, path_of, with_placed
from .forms import Form
from .serializers import Unsaid, is_untold, writes_anything, writes_secret, written_type

PYTHON = "x-python"
CLASS = "x-class"
MEMBERS = "x-members"
KEY = "x-key"
MOMENT = "x-moment"
"""The format of a `datetime`: any text may claim to be of the format `date-time`."""


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """A type without a schema, or whose schema would be a guess. `function` is at fault, if any."""

    message: str
    hint: str
    function: Any = None


_NO_JSON = SchemaProblem(
    "infinity and NaN, written as constants, are no JSON that a browser reads",
    'Set ser_json_inf_nan="strings", or allow_inf_nan=False',
)


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

    def generate_inner(self, schema: Any) -> JsonSchemaValue:
        try:
            described = super().generate_inner(schema)
        except PydanticOmit:
            return super().generate_inner(self._shown(schema))
        is_written = self._mode == "serialization" and "serialization" in schema
        if is_written and writes_anything(schema["serialization"]):
            return self._opened(described)
        return described

    def _shown(self, schema: Any) -> Any:
        """The same without `SkipJsonSchema`, which hides from people what is sent nonetheless.

        Raises:
            PydanticOmit: it is read, and may be missing.
        """
        if self._mode == "serialization":
            return _without_metadata(schema)
        if schema["type"] in _FIELDS and self.field_is_required(schema, total=True):
            return {**schema, "schema": _without_metadata(schema["schema"])}
        raise PydanticOmit

    def _opened(self, described: JsonSchemaValue) -> JsonSchemaValue:
        """The keys of any subclass, where the declared class has none of its own."""
        found = self.definitions.get(described.get("$ref", ""), described)
        is_empty = found.get("type") == "object" and found.get("properties") == {}
        return {"type": "object"} if is_empty else described

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
        # With the second names that values have, which iterating leaves out.
        members = [[name, member.value] for name, member in schema["cls"].__members__.items()]
        return _with_class({**described, MEMBERS: members}, schema["cls"])

    def datetime_schema(self, schema: core_schema.DatetimeSchema) -> JsonSchemaValue:
        described = super().datetime_schema(schema)
        if described.get("format") != "date-time":
            return described  # `ser_json_temporal` writes a number
        is_naive = schema.get("tz_constraint") == "naive"
        return {**described, "format": "date-time-local" if is_naive else MOMENT}

    def float_schema(self, schema: core_schema.FloatSchema) -> JsonSchemaValue:
        described = super().float_schema(schema)
        config = self._config.config_dict
        is_finite = not schema.get("allow_inf_nan", config.get("allow_inf_nan", True))
        written = config.get("ser_json_inf_nan")
        if written == "constants" and self.form.mode == "serialization" and not is_finite:
            self.problems.append(_NO_JSON)
        if self.form.mode == "validation" or is_finite or written != "strings":
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

    def field_is_present(self, field: Any) -> bool:
        if self.form.mode == "validation":
            return field.get("init") is not False
        return bool(super().field_is_present(field)) and not field.get("init_only")

    def _named_required_fields_schema(
        self, named_required_fields: Sequence[tuple[str, bool, Any]]
    ) -> JsonSchemaValue:
        fields = [(self._path(each[2]), each) for each in named_required_fields]
        by_key = [each for path, each in fields if path is None]
        described = super()._named_required_fields_schema(by_key)
        placed = [
            PlacedField(path, self.generate_inner(field), required)
            for path, (_, required, field) in fields
            if path is not None
        ]
        return with_placed(described, placed) if placed else described

    def _path(self, field: Any) -> Path | None:
        path = path_of(field.get("validation_alias")) if self._mode == "validation" else None
        config = self._config.config_dict
        by_name = config.get("validate_by_name") or config.get("populate_by_name")
        return None if by_name else path

    def ser_schema(self, schema: Any) -> JsonSchemaValue | None:
        if writes_secret(schema):
            return {"type": "string"}
        if not is_untold(schema):
            return super().ser_schema(schema)
        written = written_type(schema["function"])
        if written is not Unsaid:
            return self.generate_inner(TypeAdapter(written).core_schema)
        self.problems.append(_unannotated(schema["function"]))
        return {}

    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> JsonSchemaValue:
        shown = getattr(schema.get("cls"), "__name__", None) or f"a {schema['type']} type"
        self.problems.append(
            SchemaProblem(f"{shown} has no JSON form", "Use a type that pydantic can describe")
        )
        return {}


def _unannotated(function: Any) -> SchemaProblem:
    name = getattr(function, "__name__", "a serializer")
    hint = f"Annotate what {name} returns, as in -> str"
    if name == "<lambda>":
        hint = "Make it a function that says what it returns, as in -> str"
    message = f"{name} has no return annotation, so what it writes is unknown"
    return SchemaProblem(message, hint, function)


_FIELDS = ("model-field", "dataclass-field", "typed-dict-field")


def _without_metadata(schema: Any) -> Any:
    return {key: value for key, value in schema.items() if key != "metadata"}


def _with_class(schema: JsonSchemaValue, cls: type[Any]) -> JsonSchemaValue:
    return {**schema, CLASS: cls, PYTHON: f"{cls.__module__}:{cls.__qualname__}"}
