"""What a script of a page says: its string constants that are prose."""

import re
from collections.abc import Iterator

from lmhg_quality.words.saying import GAP, Saying, is_prose, tidy

_STRING = re.compile(
    r"(?<![\w)])(?:\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`)"
)
_VALUE = re.compile(r"\$\{[^}]*\}")
_COMMENT = re.compile(r"/\*.*?\*/|(?m:^\s*//.*$)", re.DOTALL)


def sayings(source: str, file: str) -> Iterator[Saying]:
    """The texts of one script, in its order."""
    code = _COMMENT.sub(lambda each: "\n" * each[0].count("\n"), source)
    for found in _STRING.finditer(code):
        text = _VALUE.sub(GAP, next(each for each in found.groups() if each is not None))
        if is_prose(text):
            yield Saying(tidy(text), file, code[: found.start()].count("\n") + 1)
