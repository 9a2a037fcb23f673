"""What an outside service may see, whether it needs a contract, and what is wrong with it. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple


class Sees(StrEnum):
    """What of clients a service may see."""

    NOTHING = "nothing"
    CONTACT = "contact"
    SCHEDULE = "schedule"
    BILLING = "billing"
    RECORDS = "records"


SEES: Mapping[Sees, str] = {
    Sees.NOTHING: "Nothing about clients",
    Sees.CONTACT: "Names and how to reach them",
    Sees.SCHEDULE: "Appointments",
    Sees.BILLING: "Bills and insurance",
    Sees.RECORDS: "Treatment records",
}
SOON = timedelta(days=30)
"""So long before a contract or its review ends the list says so."""


class Health(NamedTuple):
    """How a service is, in words and colour: bad asks for something today."""

    said: str
    tone: str


def health(
    sees: Sees,
    *,
    contract_on: date | None,
    contract_until: date | None,
    review_on: date | None,
    today: date,
) -> Health:
    """What is wrong with a service first. One that sees nothing about clients needs no contract (45 CFR 160.103)."""
    if sees is Sees.NOTHING:
        return Health("No contract needed", "")
    tests = (
        (contract_on is None or contract_on > today, Health("Contract missing", "bad")),
        (contract_until is not None and contract_until < today, Health("Contract ended", "bad")),
        (review_on is None or review_on < today, Health("Review late", "bad")),
        (
            contract_until is not None and contract_until - today <= SOON,
            Health("Contract ends soon", "warn"),
        ),
        (review_on is not None and review_on - today <= SOON, Health("Review soon", "warn")),
    )
    return next((found for is_so, found in tests if is_so), Health("In order", "ok"))


def problems(
    sees: Sees, *, contract_on: date | None, contract_until: date | None, review_on: date | None
) -> dict[str, str]:
    """What keeps a service from being saved, by field. A missing contract is saved, and red."""
    if contract_until is not None and contract_on is None:
        return {"contract_on": "Write when the contract was signed."}
    if contract_on is not None and contract_until is not None and contract_until < contract_on:
        return {"contract_until": "The contract ends before it begins."}
    if sees is not Sees.NOTHING and contract_on is not None and review_on is None:
        return {"review_on": "Write when to look at the contract again."}
    return {}
