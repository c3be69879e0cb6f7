"""The base of the models in generated clients."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """An object as it is on the wire.

    A field that may be absent is None when it is, and is sent only where it was set. Fields whose
    name is none in Python go by a similar one, and are filled by either.
    """

    model_config = ConfigDict(populate_by_name=True, protected_namespaces=())
