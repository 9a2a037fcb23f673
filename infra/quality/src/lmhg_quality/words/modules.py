"""What a Python module says to people: its constants that are prose, without docstrings, logs and queries."""

import ast
import re
from collections.abc import Iterator

from lmhg_quality.words.saying import GAP, Saying, is_prose, tidy

UNREAD_CALLS = frozenset({
    "text", "compile", "RuntimeError", "ValueError", "TypeError", "KeyError", "AssertionError", "LookupError", "StackError",
    "cast", "TypeVar", "unit_of_work", "uow", "system_uow", "reading", "writing", "needs",
    "debug", "info", "warning", "error", "exception", "getLogger", "get_logger", "join", "strptime", "Counter", "Gauge", "Histogram",
})  # fmt: skip
"""Calls whose arguments no reader of a page sees: queries, patterns, errors of programmers, logs."""
UNREAD_ARGUMENTS = frozenset(
    {"description", "summary", "errcode", "comment", "check", "pattern", "purpose", "actor"}
)
_FILLED = re.compile(r"\{[a-z_]*\}")
"""Where `format` puts a value in."""
UNREAD_NAMES = ("message", "__all__")
"""Names that hold an error of programmers before it is raised."""


def sayings(source: str, file: str, *, technical: bool = False) -> Iterator[Saying]:
    """The texts of one module, in its order."""
    reader = _Reader()
    reader.visit(ast.parse(source))
    for whole, line in reader.said:
        for text in _FILLED.sub(GAP, whole).split("\n\n"):
            if is_prose(text):
                yield Saying(tidy(text), file, line, technical)


class _Reader(ast.NodeVisitor):
    def __init__(self) -> None:
        self.said: list[tuple[str, int]] = []

    def visit_Expr(self, node: ast.Expr) -> None:
        """A string that stands alone is a docstring."""
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """The arguments of a call, unless nobody reads them."""
        name = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        if name in UNREAD_CALLS:
            self.visit(node.func)
            return
        self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        """A named argument."""
        if node.arg not in UNREAD_ARGUMENTS:
            self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        """A value with a name."""
        if not any(isinstance(each, ast.Name) and each.id in UNREAD_NAMES for each in node.targets):
            self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """An annotation or an index: only what is indexed."""
        self.visit(node.value)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """Strings that are added are one text."""
        if isinstance(node.op, ast.Add) and (whole := _joined(node)) is not None:
            self.said.append((whole, node.lineno))
            return
        self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """A text with gaps; what is put in may hold texts too."""
        self.said.append((_joined(node) or "", node.lineno))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_Constant(self, node: ast.Constant) -> None:
        """A plain text."""
        if isinstance(node.value, str):
            self.said.append((node.value, node.lineno))


def _joined(node: ast.AST) -> str | None:
    """The text of an expression that makes one, with gaps for values."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else GAP
    if isinstance(node, ast.JoinedStr):
        return "".join(_joined(part) or GAP for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _joined(node.left), _joined(node.right)
        if left is None and right is None:
            return None
        return (left or GAP) + (right or GAP)
    return None
