"""The demo staff: who can sign in after `make up`, and with what."""

from dataclasses import asdict, dataclass
from typing import Any

DEMO_PASSWORD = "practice-makes-calm"  # noqa: S105 - printed by `make up`; loopback only


@dataclass(frozen=True)
class Login:
    """One demo account."""

    plane: str
    email: str
    name: str
    roles: tuple[str, ...]
    password: str = DEMO_PASSWORD

    def as_dict(self) -> dict[str, Any]:
        """As stack.json has it."""
        return {**asdict(self), "roles": list(self.roles)}


LOGINS = (
    Login("onprem", "front@lmhg.test", "Robin Vance", ("front_desk",)),
    Login("onprem", "morgan.reyes@lmhg.test", "Dr Morgan Reyes", ("clinician",)),
    Login("onprem", "compliance@lmhg.test", "Jordan Achebe", ("compliance",)),
    Login("onprem", "second@lmhg.test", "Sam Whitlock", ("compliance",)),
    Login("onprem", "admin@lmhg.test", "Alex Moreau", ("admin",)),
    Login("cloud", "staff@lmhg.test", "Robin Vance", ("staff",)),
    Login("cloud", "it@lmhg.test", "Kim Sorensen", ("it_support", "staff")),
)
