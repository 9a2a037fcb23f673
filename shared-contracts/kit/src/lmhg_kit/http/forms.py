"""Forms: what a person typed, kept as typed, and what it means or why it does not.

A form is a msgspec struct. Each field is read by itself, so that a page can name every field
that needs a second look. Values never reach a log.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Generic,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Request

from lmhg_kit.edit_conflict import EditConflict, merge, plain
from lmhg_kit.errors import Invalid, Unreadable
from lmhg_kit.http.door import FIRST_DAY, LAST_DAY, NUMBER_MAX, number_in, text_of
from lmhg_kit.http.form_rules import wrong_by_rules
from lmhg_kit.http.sent_files import MULTIPART, read_parts

T = TypeVar("T", bound=msgspec.Struct)

FORM_TYPE = "application/x-www-form-urlencoded"
MAX_FIELDS = 200
"""Fields read from one form or query."""
BASE = "base"
"""The field that carries the values with which an edit was opened."""
_STATE_KEY = "lmhg_form"
PRESS = "press"
"""The name of a button that says several fields."""

Fields = Mapping[str, list[str]]

_SENTENCES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"length >= 1(?!\d)"), "Fill this in."),
    (re.compile(r"length >= (\d+)"), "Write at least {0} characters."),
    (re.compile(r"length <= (\d+)"), "Write at most {0} characters."),
    (re.compile(r"out of range|(?:>=|<=) (-?\d+)"), "This number is too large or too small."),
    (re.compile(r"enum value"), "Choose one from the list."),
    (re.compile(r"date"), "Choose a date, such as 03/31/2026."),
    (re.compile(r"regex"), "This does not have the right form."),
    (re.compile(r"`int`|`float`"), "Write a number."),
    (re.compile(r"(?i)uuid"), "Choose one from the list."),
)
_FALLBACK = "This value does not work."
_MISSING = "Fill this in."


@dataclass
class Form(Generic[T]):
    """One form on its way through a page: values as typed, errors by field, the struct if it is."""

    values: dict[str, Any] = field(default_factory=dict[str, Any])
    errors: dict[str, str] = field(default_factory=dict[str, str])
    data: T | None = None
    labels: dict[str, str] = field(default_factory=dict[str, str])
    """What its page calls each field: told by the fields as they are drawn."""
    choices: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    """What there is to choose from in a field, in words."""
    hides: bool = False
    """Whether a field comes back empty, as a password does."""
    seen: int | None = None
    """The version that this form was opened with, where it edits something."""
    base: dict[str, str] = field(default_factory=dict[str, str])
    """The values that it was opened with."""
    conflict: EditConflict | None = None
    """What came of it where someone else saved a change while it was open."""

    def call(
        self,
        name: str,
        label: str,
        *,
        hides: bool = False,
        options: Iterable[Sequence[object]] | None = None,
    ) -> str:
        """Remember what the page calls a field, and its choices; says nothing itself."""
        self.labels[name] = label
        self.choices[name] = {str(value): str(said) for value, said, *_ in options or ()}
        self.hides = self.hides or hides
        return ""

    def shown(self, name: str, value: str) -> str:
        """A value beside another, as the page's choices say it; an empty one needs a word too."""
        said = self.choices.get(name, {}).get(value)
        return said or {"": "(empty)", "1": "Yes"}.get(value, value)

    @property
    def base_text(self) -> str:
        """The values it was opened with, as its hidden field carries them."""
        return msgspec.json.encode(self.base).decode()

    def merge(self, now: Mapping[str, Any], *, version: int) -> None:
        """Bring what was typed together with what someone saved meanwhile: see `edit_conflict`.

        The form then carries the newer version: sending it again is a choice.
        """
        self.values, self.conflict = merge(self.values, base=self.base, now=now)
        self.seen, self.base = version, {name: plain(value) for name, value in now.items()}
        self.data = None

    @classmethod
    def edit_of(cls, fields: Fields) -> "Form[T]":
        """An empty form that knows which version was edited, and from which values."""
        form: Form[T] = cls(base=_base_in(fields))
        form.seen = number_in(next(iter(fields.get("version", [])), ""))
        return form

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Add what a rule found wrong after the fields themselves were fine."""
        self.errors.update(errors)
        self.data = None

    def result(self) -> T:
        """The struct. Raises: Invalid with the errors by field."""
        if self.data is None or self.errors:
            raise Invalid("form_invalid", fields=dict(self.errors))
        return self.data


async def read_form(request: Request[Any, Any, Any]) -> Fields:
    """The posted fields, each with all its values; of a form with a file those in front of it. Raises: Unreadable."""
    state = request.scope["state"]
    if _STATE_KEY not in state:
        media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if media_type == MULTIPART:
            state[_STATE_KEY] = await read_parts(request)
        else:
            sent = parse_fields(await request.body() if media_type == FORM_TYPE else b"")
            state[_STATE_KEY] = unfold(sent)
    return cast("Fields", state[_STATE_KEY])


def fold(fields: Mapping[str, str]) -> str:
    """Several fields as the value of one button, whose name is `PRESS`: one form then has many buttons."""
    return urlencode(fields)


def unfold(fields: Fields) -> Fields:
    """Fields with those that the pressed button says in place of its own. Raises: Unreadable."""
    if PRESS not in fields:
        return fields
    found = {name: values for name, values in fields.items() if name != PRESS}
    for value in fields[PRESS]:
        found |= parse_fields(value.encode())
    return found


def sent_fields(request: Request[Any, Any, Any]) -> Fields:
    """The posted fields, if anybody has read them."""
    return cast("Fields", request.scope["state"].get(_STATE_KEY, {}))


def query_of(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The address's filters, one value each. Raises: Unreadable."""
    fields = parse_fields(request.scope["query_string"])
    return {name: values[0] for name, values in fields.items()}


def parse_fields(body: bytes) -> Fields:
    """Fields of a form body or query string, their texts tidied. Raises: Unreadable."""
    fields: dict[str, list[str]] = {}
    try:
        text = body.decode("ascii")
        for name, value in parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS
        ):
            fields.setdefault(name, []).append(text_of(value))
    except (ValueError, UnicodeError):
        raise Unreadable("form_unreadable") from None
    return fields


def fill(struct: type[T], fields: Fields, *, today: date = LAST_DAY) -> Form[T]:
    """Read a form into its struct, collecting what is wrong by field, by its rules too.

    `today` is the practice's day, for rules about days that are over.
    """
    hints = get_type_hints(struct, include_extras=True)
    form = Form[T].edit_of(fields)
    good: dict[str, Any] = {}
    for info in msgspec.structs.fields(struct):
        hint = hints[info.name]
        given = fields.get(info.encode_name, [])
        form.values[info.name] = given if _is_list(hint) else next(iter(given), "")
        raw = _raw(hint, given)
        if raw is msgspec.UNSET:
            if info.required:
                form.errors[info.name] = _say(hint, _MISSING)
            continue
        try:
            good[info.name] = value = msgspec.convert(raw, hint, strict=False)
            if wrong := _outside(value):
                form.errors[info.name] = _say(hint, wrong)
        except msgspec.ValidationError as refused:
            form.errors[info.name] = _say(hint, _sentence(str(refused)))
    wrong = {**wrong_by_rules(struct, good, today=today), **form.errors}
    form.errors = {name: wrong[name] for name in struct.__struct_fields__ if name in wrong}
    if not form.errors:
        form.data = struct(**good)
    return form


def start(
    struct: type[T], values: T | Mapping[str, Any] | None = None, **initial: object
) -> Form[T]:
    """A form before anybody typed, with these values in it."""
    known = msgspec.to_builtins(values) if isinstance(values, msgspec.Struct) else values or {}
    known = {**known, **initial}
    return Form(values={name: known.get(name, "") for name in struct.__struct_fields__})


def opened(struct: type[T], values: Mapping[str, Any], *, version: int) -> Form[T]:
    """A form that edits what is on record, and remembers what it saw."""
    known = {name: values.get(name, "") for name in struct.__struct_fields__ if name != "version"}
    return Form(
        values=known, seen=version, base={name: plain(value) for name, value in known.items()}
    )


def _base_in(fields: Fields) -> dict[str, str]:
    try:
        return msgspec.json.decode(next(iter(fields.get(BASE, [])), "{}"), type=dict[str, str])
    except msgspec.DecodeError:
        return {}


def _raw(hint: object, given: list[str]) -> Any:  # noqa: ANN401 - the field's own type decides
    if _is_list(hint):
        return [value for value in given if value]
    if _base(hint) is bool and not _is_optional(hint):
        return bool(given and given[0] not in {"", "0", "false", "off"})
    if not given or (given[0] == "" and _is_optional(hint)):
        return None if _is_optional(hint) else msgspec.UNSET
    return msgspec.UNSET if given[0] == "" and _base(hint) is not str else given[0]


def _outside(value: object) -> str | None:
    """What to say about a number or day that nothing here can hold."""
    if isinstance(value, int) and abs(value) > NUMBER_MAX:
        return "This number is too large or too small."
    value = value.date() if isinstance(value, datetime) else value
    if isinstance(value, date) and not FIRST_DAY <= value <= LAST_DAY:
        return f"Write a date from {FIRST_DAY.year} to {LAST_DAY.year}."
    return None


def _parts(hint: object) -> Iterable[object]:
    """The alternatives of a type, without their annotations."""
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) in {Union, UnionType}:
        for part in get_args(hint):
            yield from _parts(part)
    else:
        yield hint


def _base(hint: object) -> object:
    return next((part for part in _parts(hint) if part is not NoneType), hint)


def _is_optional(hint: object) -> bool:
    return NoneType in _parts(hint)


def _is_list(hint: object) -> bool:
    return get_origin(_base(hint)) is list


def _say(hint: object, otherwise: str) -> str:
    """The field's own sentence for a wrong value, if its annotation has one under `say`."""
    for meta in _metas(hint):
        if meta.extra and "say" in meta.extra:
            return str(meta.extra["say"])
    return otherwise


def _metas(hint: object) -> Iterable[msgspec.Meta]:
    if get_origin(hint) is Annotated:
        inner, *metas = get_args(hint)
        yield from (meta for meta in metas if isinstance(meta, msgspec.Meta))
        yield from _metas(inner)
    elif get_origin(hint) in {Union, UnionType}:
        for part in get_args(hint):
            yield from _metas(part)


def _sentence(detail: str) -> str:
    for pattern, sentence in _SENTENCES:
        if match := pattern.search(detail):
            return sentence.format(*match.groups())
    return _FALLBACK
