"""Which answers of a form must be seen at once. Pure; no form, however odd, raises."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import msgspec

from lmhg_gateway.features.work_list.public import Next, Urgency
from lmhg_kit.errors import Invalid

NUMBER = re.compile(r"\s*(\d{1,6})(?:\D.*)?", re.DOTALL)
HITS_MAX = 20
TEXT_MAX = 400
FOLLOW_UP = timedelta(hours=1)


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule: a question, the row of it where it is a table, and a number or words."""

    name: str
    question_id: str
    row: str = ""
    at_least: int | None = None
    says: str = ""
    minutes: int = 10


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that a rule names, as a person reads it."""

    rule: str
    question: str
    answer: str
    minutes: int


def check_rule(at_least: int | None, says: str) -> None:
    """Accept a rule that looks for a number or for words, one of the two. Raises: Invalid."""
    if (at_least is None) == (not says):
        text = "Write a number or words, one of the two."
        raise Invalid("risk_rule", fields={"at_least": text})


def find_hits(rules: Sequence[Rule], form: object) -> list[Hit]:
    """The answers of a form that the rules name, in the order of its questions."""
    found = [
        Hit(
            rule=rule.name,
            question=question[:TEXT_MAX],
            answer=answer[:TEXT_MAX],
            minutes=rule.minutes,
        )
        for key, row, question, answer, number in _answers(form)
        for rule in rules
        if rule.question_id == key
        and (not rule.row or rule.row.casefold() == row.casefold())
        and _fits(rule, answer, number)
    ]
    return found[:HITS_MAX]


def _fits(rule: Rule, answer: str, number: int | None) -> bool:
    if rule.at_least is not None:
        return number is not None and number >= rule.at_least
    return bool(rule.says) and rule.says.casefold() in answer.casefold()


Answer = tuple[str, str, str, str, int | None]
"""Question id, row, question as it is read, answer, and its number if it is one."""


def _answers(form: object) -> Iterator[Answer]:
    for question in _dicts(_field(form, "Questions")):
        key, text = _text(question.get("Id")), _text(question.get("Text"))
        columns = [_text(each) for each in _list(question.get("ColumnNames"))]
        if answer := _text(question.get("Answer")):
            yield key, "", text, answer, _number(answer, columns)
        for row in _dicts(question.get("Rows")):
            name = _text(row.get("Text"))
            for each in _list(row.get("Answers")):
                answer = _text(each)
                if answer:
                    yield key, name, f"{text}: {name}", answer, _number(answer, columns)


def _number(answer: str, columns: Sequence[str]) -> int | None:
    """The number that an answer begins with, else its place among the columns."""
    if found := NUMBER.fullmatch(answer):
        return int(found[1])
    return columns.index(answer) if answer in columns else None


def _field(form: object, name: str) -> object:
    return cast("Mapping[str, object]", form).get(name) if isinstance(form, dict) else None


def _list(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _dicts(value: object) -> Iterator[Mapping[str, Any]]:
    return (each for each in _list(value) if isinstance(each, dict))


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def next_of(
    found_at: datetime, *, minutes: int, read_at: datetime | None, closed_at: datetime | None
) -> Next | None:
    """What is to be done with a risk answer: read it within its minutes, then follow it up."""
    if closed_at is not None:
        return None
    step, due = "read_answer", found_at + timedelta(minutes=minutes)
    if read_at is not None:
        step, due = "follow_up", read_at + FOLLOW_UP
    return Next(step=step, urgency=Urgency.RISK, since=found_at, due_at=due)
