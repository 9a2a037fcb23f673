"""The places of a route that read input: found in its handler's own code, so that none is forgotten."""

import ast
import dataclasses
import inspect
import re
import textwrap
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import CodeType, FunctionType, ModuleType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin, get_type_hints

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from lmhg_kit.http.access import OPT, Access
from lmhg_kit.http.edge import Edge

OURS = ("lmhg_gateway.features", "lmhg_portal.features", "lmhg_kit.http", "lmhg_kit.ui.gallery")
CALLS_DEEP = 4
"""How far the handler's calls are followed."""
SAMPLES = ("", "2026-11", "606 555 0142", "ana@example.org", "123456", "abc", "https://app.test/cb")
HEADER_NAMES = frozenset(
    {"accept-encoding", "content-type", "cookie", "data", "hx-request", "request", "user-agent"}
)
"""What handlers ask headers for, or the framework fills in: those have odd values of their own."""
PATH_NAMES = re.compile(r"\{(\w+)")
PATH_PART = re.compile(r"\{(\w+)(?::(\w+))?\}")


@dataclass(frozen=True)
class Place:
    """One route with everything of a request that it reads."""

    path: str
    method: str
    access: Access | None
    asked: tuple[str, ...]
    """Names that the handler asks an address or a form for by themselves."""
    form: Mapping[str, tuple[bool, tuple[str, ...]]]
    """Field to whether it is text, and values that pass."""

    @property
    def names(self) -> list[str]:
        """Every name that an address or a form may carry here."""
        return sorted({*self.asked, *self.form})

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Names and types of what is in the path."""
        return [(found[1], found[2] or "str") for found in PATH_PART.finditer(self.path)]


def places(edge: Edge, *, own: tuple[str, ...] = OURS) -> list[Place]:
    """Every method and path of an application, generated answers to OPTIONS included."""
    found: list[Place] = []
    for route in edge.inner.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler in route.route_handlers:
            access = handler.opt.get(OPT)
            asked, form = _reads(handler, own)
            found.extend(
                Place(
                    route.path,
                    method,
                    access if isinstance(access, Access) else None,
                    tuple(sorted(asked - set(PATH_NAMES.findall(route.path)) - HEADER_NAMES)),
                    form,
                )
                for method in sorted(handler.http_methods)
            )
    return sorted(found, key=lambda place: (place.path, place.method))


def _reads(
    handler: HTTPRouteHandler, own: tuple[str, ...]
) -> tuple[set[str], dict[str, tuple[bool, tuple[str, ...]]]]:
    start = cast("Callable[..., Any]", handler.fn)
    asked = set(inspect.signature(start).parameters)
    form: dict[str, tuple[bool, tuple[str, ...]]] = {}
    for each in _reached(start, own):
        if isinstance(each, FunctionType):
            asked |= _asked_names(each)
        elif issubclass(each, msgspec.Struct):
            form.update(_fields(each))
        else:
            asked |= {field.name for field in dataclasses.fields(each)}
    return asked, form


def _reached(start: Any, own: tuple[str, ...]) -> Iterator[Any]:  # noqa: ANN401 - any callable
    """The handler, the functions of ours that it calls, and the structs that they name."""
    seen: set[int] = set()
    layer = [_plain(start)]
    if layer[0].__module__.startswith(own):
        hints = get_type_hints(start, include_extras=True)
        layer += [inner for hint in hints.values() for inner in _inner(hint)]
    for _ in range(CALLS_DEEP):
        following: list[Any] = []
        for each in layer:
            if not isinstance(each, FunctionType | type) or id(each) in seen:
                continue
            seen.add(id(each))
            if not each.__module__.startswith(own):
                continue
            if isinstance(each, FunctionType):
                yield each
                following += [_plain(found) for found in _named(each)]
            elif _is_form(each):
                yield each
        layer = following


def _inner(hint: object) -> Iterator[Any]:
    """The types that a handler's argument is made of, such as a body's struct."""
    yield from _parts(hint)
    for each in get_args(hint):
        yield from _inner(each)


def _plain(callable_: Any) -> Any:  # noqa: ANN401 - any callable
    return inspect.unwrap(getattr(callable_, "fn", callable_))


def _is_form(each: type) -> bool:
    return issubclass(each, msgspec.Struct) or (
        dataclasses.is_dataclass(each) and hasattr(each, "of")
    )


def _named(function: FunctionType) -> Iterator[Any]:
    """What a function's globals hold under the names in its code, modules' members too."""
    names = set(_names(function.__code__))
    held = [function.__globals__[name] for name in names if name in function.__globals__]
    for each in held:
        if isinstance(each, ModuleType):
            yield from (vars(each)[name] for name in names if name in vars(each))
        elif isinstance(each, FunctionType | type):
            yield each
    yield from (cell.cell_contents for cell in function.__closure__ or ())


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _names(part)


@cache
def _asked_names(function: FunctionType) -> frozenset[str]:
    """Texts that the function asks a mapping for: `query.get("page")`."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args)
    return frozenset(
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "get"
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    )


def _fields(struct: type[msgspec.Struct]) -> dict[str, tuple[bool, tuple[str, ...]]]:
    hints = get_type_hints(struct, include_extras=True)
    return {
        info.encode_name: (str in set(_parts(hints[info.name])), _passing(hints[info.name]))
        for info in msgspec.structs.fields(struct)
    }


def _passing(hint: object) -> tuple[str, ...]:
    """A value that this field takes, as a form writes it."""
    for part in _parts(hint):
        if get_origin(part) is Literal:
            return (str(get_args(part)[0]),)
        if get_origin(part) is list:
            return _passing(get_args(part)[0])
        if isinstance(part, type) and issubclass(part, Enum):
            return (str(next(iter(part)).value),)
        plain = {bool: "on", int: "1", float: "1", date: "2026-11-27", uuid.UUID: uuid.UUID(int=77)}
        if part in plain:
            return (str(plain[cast("Any", part)]),)
        if part is datetime:
            return ("2026-11-27T10:00:00Z",)
    return _passing_text(hint)


def _passing_text(hint: object) -> tuple[str, ...]:
    for sample in ("Plain words", *SAMPLES):
        try:
            msgspec.convert(sample, hint, strict=False)
        except msgspec.ValidationError:
            continue
        return (sample,)
    return ("x" * 43,)


def _parts(hint: object) -> Iterator[Any]:
    """The alternatives of a type, without their annotations and without None."""
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) in {Union, UnionType}:
        for part in get_args(hint):
            yield from _parts(part)
    elif hint is not NoneType:
        yield hint
