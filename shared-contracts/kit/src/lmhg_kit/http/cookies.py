"""Cookies: host-bound and secure in production, plainly named in development."""

import re
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

_VALUE = re.compile(r"[A-Za-z0-9_.~/%=-]*")


@dataclass(frozen=True)
class CookieJar:
    """Names and attributes of one application's cookies.

    Development serves several applications on one host, and cookies know no port, so each name
    carries its application.
    """

    app: str
    production: bool

    def name(self, part: str) -> str:
        """The full name of the cookie called `part` here."""
        plain = f"lmhg_{self.app}_{part}"
        return f"__Host-{plain}" if self.production else plain

    def put(self, part: str, value: str, *, max_age_s: int | None = None) -> str:
        """A Set-Cookie line. Raises: ValueError for a value that could end or split it."""
        if not _VALUE.fullmatch(value):
            message = "cookie_value"
            raise ValueError(message)
        age = "" if max_age_s is None else f"; Max-Age={max_age_s}"
        secure = "; Secure" if self.production else ""
        return f"{self.name(part)}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}"

    def drop(self, part: str) -> str:
        """A Set-Cookie line that removes the cookie."""
        return self.put(part, "", max_age_s=0)

    def read(self, header: str, part: str) -> str | None:
        """The cookie's value from a Cookie header, or None."""
        name = self.name(part)
        if name not in header:
            return None
        try:
            found = SimpleCookie(header).get(name)
        except CookieError:
            return None
        return found.value or None if found else None
