"""The four classes of data, and the two places a record may be stored.

The default of every field and of every record is PHI and `local_only`: a field is exempt only
where its annotation says so, so forgetting an annotation keeps the value inside.
"""

from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

T = TypeVar("T")


class DataClass(StrEnum):
    """What a column or field may hold, and so where it may go."""

    PHI = "phi"
    EXEMPT = "exempt"
    OPERATIONAL = "operational"
    SECRET = "secret"  # noqa: S105 - the name of a class of data, not a password


class StoragePolicy(StrEnum):
    """Where a record may be stored."""

    LOCAL_ONLY = "local_only"
    CLOUD_ALLOWED = "cloud_allowed"


class Plane(StrEnum):
    """One of the two sides of the wall."""

    ONPREM = "onprem"
    CLOUD = "cloud"

    @property
    def peer(self) -> "Plane":
        """The other side."""
        return Plane.CLOUD if self is Plane.ONPREM else Plane.ONPREM


DEFAULT_CLASS = DataClass.PHI
DEFAULT_POLICY = StoragePolicy.LOCAL_ONLY

Exempt = Annotated[T, msgspec.Meta(extra={"data_class": DataClass.EXEMPT.value})]
"""Marks a field whose value may leave the building once its record is exempt."""


def class_of_annotation(annotation: object) -> DataClass:
    """The class that an annotation states, PHI when it states none.

    An optional field has the class of its value; a union of two classes is PHI.
    """
    if get_origin(annotation) in {Union, UnionType}:
        parts = {class_of_annotation(part) for part in get_args(annotation) if part is not NoneType}
        return parts.pop() if len(parts) == 1 else DEFAULT_CLASS
    if get_origin(annotation) is not Annotated:
        return DEFAULT_CLASS
    for meta in get_args(annotation)[1:]:
        extra: dict[str, Any] | None = getattr(meta, "extra", None)
        if extra and "data_class" in extra:
            return DataClass(extra["data_class"])
    return DEFAULT_CLASS


def field_classes(struct: type[msgspec.Struct]) -> dict[str, DataClass]:
    """Each field of a contract with its class, in the order of declaration."""
    hints = get_type_hints(struct, include_extras=True)
    return {name: class_of_annotation(hints[name]) for name in struct.__struct_fields__}
