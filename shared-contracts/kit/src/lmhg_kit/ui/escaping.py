"""Templates compiled to plain text and plain calls: of a page's outputs hundreds are joined at once."""

from collections.abc import Callable, MutableMapping
from typing import Any, cast

import jinja2
from jinja2.compiler import CodeGenerator
from markupsafe import _escape_inner  # pyright: ignore[reportPrivateUsage, reportPrivateImportUsage] - its public `escape` makes a Markup of each value


def escaped(value: object) -> str:
    """What `markupsafe.escape` gives, as plain text: of a page's outputs hundreds are joined at once."""
    if type(value) is str:
        return _escape_inner(value)
    if hasattr(value, "__html__"):
        return cast("Any", value).__html__()
    return _escape_inner(str(value))


def called(function: Callable[..., Any], /, *given: object, **named: object) -> Any:  # noqa: ANN401 - what it gives
    """What a function or a macro gives."""
    return function(*given, **named)


class _Escaping(CodeGenerator):
    """Compiles an output to `escaped`, which makes no object of its own for each, and a call to a call."""

    def _output_child_pre(self, node: Any, frame: Any, finalize: Any) -> None:  # noqa: ANN401 - as Jinja calls it
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")

    def visit_Call(self, node: Any, frame: Any, forward_caller: bool = False) -> None:  # noqa: ANN401, FBT001, FBT002, N802 - as Jinja calls it
        """A call without Jinja's look at what the function wants: none of ours asks for the context."""
        self.write("environment.called(")
        self.visit(node.node, frame)
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        self.write(")")


class Escaping(jinja2.Environment):
    """An environment whose templates escape by `escaped`."""

    code_generator_class = _Escaping
    escaped = staticmethod(escaped)
    called = staticmethod(called)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals themselves where a template adds none: a chain of them is walked at each page."""
        return super().make_globals(d) if d else self.globals
