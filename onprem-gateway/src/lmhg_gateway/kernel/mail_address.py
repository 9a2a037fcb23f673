"""What one mail address is: where a letter goes to one reader, and to nobody else."""

import re

ADDRESS = (
    r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$"
)
"""The form that browsers take in an email field (HTML, `input type=email`): no list, no name, no quotes."""
ADDRESS_MAX = 200
_ADDRESS = re.compile(ADDRESS.removeprefix("^").removesuffix("$"))


def is_mail_address(text: str) -> bool:
    """Whether a text is one address, whole, and nothing beside it."""
    return len(text) <= ADDRESS_MAX and _ADDRESS.fullmatch(text) is not None
