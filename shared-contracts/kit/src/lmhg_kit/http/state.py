"""What an application keeps for its requests, found by typed keys instead of strings."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from litestar.connection import ASGIConnection
from litestar.datastructures import State

from lmhg_kit.feature_set import FeatureSet

T = TypeVar("T")
AnyConnection = ASGIConnection[Any, Any, Any, Any]


@dataclass(frozen=True)
class Key(Generic[T]):
    """Names one thing that an application keeps; the type is what it is."""

    name: str

    def of(self, connection: AnyConnection) -> T:
        """The thing, in the application that serves this request. Raises: KeyError."""
        return cast("T", connection.app.state[self.name])

    def put(self, value: T) -> "Kept":
        """The thing, to be kept by an application that is being built."""
        return Kept(self.name, value)


@dataclass(frozen=True)
class Kept:
    """One thing to keep."""

    name: str
    value: object


FEATURES: Key[FeatureSet] = Key("features")


def state_of(kept: tuple[Kept, ...]) -> State:
    """Litestar's state. Raises: ValueError for two things of one name."""
    names = [each.name for each in kept]
    if len(set(names)) != len(names):
        message = f"kept twice: {sorted({name for name in names if names.count(name) > 1})}"
        raise ValueError(message)
    return State({each.name: each.value for each in kept})
