"""A person's browser without a screen: reads pages, fills in forms, keeps cookies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import TracebackType
from urllib.parse import urljoin, urlsplit

import httpx

from lmhg_stack.demo.authenticator import next_code
from lmhg_stack.process import StackError

TIMEOUT_S = 20.0
SECOND_FACTOR, REMINDER = "/second-factor", "/reminder"
_TEXT_INPUTS = ("submit", "button", "checkbox", "radio")


@dataclass
class Form:
    """A form of a page: where it goes, and what it would send untouched."""

    action: str
    values: dict[str, str] = field(default_factory=dict[str, str])


class _Forms(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open = False
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
            self._open = True
        elif self._open and tag == "input" and given.get("type") not in _TEXT_INPUTS:
            self.forms[-1].values[given.get("name", "")] = given.get("value", "")
        elif self._open and tag == "select":
            self._select = given.get("name", "")
        elif self._open and tag == "option" and self._select:
            is_first = self._select not in self.forms[-1].values
            if is_first or "selected" in given:
                self.forms[-1].values[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
        elif tag == "select":
            self._select = ""


class Browser:
    """One person at one address."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._client = httpx.Client(follow_redirects=True, timeout=TIMEOUT_S)

    def __enter__(self) -> "Browser":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave."""
        self._client.close()

    def open(self, path: str) -> httpx.Response:
        """A page."""
        return self._client.get(urljoin(self.base, path))

    def fill(self, page: httpx.Response, action: str, values: Mapping[str, str]) -> httpx.Response:
        """Send the form of a page whose action ends like this, with these fields filled in.

        Raises: StackError when the page has no such form, or the answer is an error.
        """
        parser = _Forms()
        parser.feed(page.text)
        found = [form for form in parser.forms if urlsplit(form.action).path.endswith(action)]
        if not found:
            message = f"no form for {action} at {page.url} ({page.status_code})"
            raise StackError(message)
        answer = self._client.post(
            urljoin(str(page.url), found[0].action),
            data={**found[0].values, **values},
            headers={"origin": _origin(str(page.url))},
        )
        if answer.is_error:
            message = f"{action} at {page.url} was answered {answer.status_code}"
            raise StackError(message)
        return answer

    def sign_in(self, email: str, password: str, totp_secret: str = "") -> None:
        """Sign in where this browser's address leads: by the identity process, then back.

        Raises: StackError when that does not end where it began.
        """
        page = self.open("/sign-in")
        page = self.fill(page, "/sign-in", {"email": email, "password": password})
        if page.url.path == SECOND_FACTOR and totp_secret:
            page = self.fill(page, SECOND_FACTOR, {"code": next_code(totp_secret)})
        if page.url.path == REMINDER:
            page = self._client.get(page.url.copy_with(path="/sign-in"))
        if _origin(str(page.url)) != _origin(self.base) or page.is_error:
            message = f"{email} could not sign in at {self.base} ({page.url.path})"
            raise StackError(message)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
