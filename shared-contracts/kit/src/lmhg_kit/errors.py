"""The one tree of errors. Domain errors know no HTTP; each carries a stable code.

Codes and messages never hold a value of a record, and never driver text.
"""

from collections.abc import Mapping


class LmhgError(Exception):
    """Base of every error of ours. `code` is stable; `phase` says which step failed."""

    code = "error"

    def __init__(self, code: str | None = None, *, phase: str | None = None) -> None:
        self.code = code or type(self).code
        self.phase = phase
        super().__init__(self.code)


class NotFound(LmhgError):
    """The thing named does not exist, or not for this person."""

    code = "not_found"


class Forbidden(LmhgError):
    """The person is known and may not do this."""

    code = "forbidden"


class NotFresh(Forbidden):
    """The person may do this, once they have proved again who they are."""

    code = "not_fresh"


class NotSignedIn(LmhgError):
    """Nobody is signed in, or the session has ended."""

    code = "not_signed_in"


class Invalid(LmhgError):
    """The input cannot be used. `fields` maps a field to a code or sentence, never its value."""

    code = "invalid"

    def __init__(self, code: str | None = None, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.fields = dict(fields or {})


class Unreadable(Invalid):
    """What was sent is no text, number or body that anything here can hold: nothing looked at it."""

    code = "unreadable"


class Conflict(LmhgError):
    """Someone else changed it first, or the state does not allow it."""

    code = "conflict"


class PolicyViolation(LmhgError):
    """A record may not be stored or released this way."""

    code = "policy_violation"


class TooMany(LmhgError):
    """Slow down. `retry_after_s` says for how long."""

    code = "too_many"

    def __init__(self, code: str | None = None, *, retry_after_s: int = 60) -> None:
        super().__init__(code)
        self.retry_after_s = retry_after_s


class Unavailable(LmhgError):
    """A part we need does not answer; nothing was lost."""

    code = "unavailable"


class SettingMissing(LmhgError):
    """A setting is absent or malformed; the process does not start."""

    code = "setting_missing"

    def __init__(self, name: str, example: str) -> None:
        super().__init__()
        self.name = name
        self.args = (f"set {name}, for example {name}={example}",)


class SettingRefused(SettingMissing):
    """A setting may not have the value that it has; the process does not start. `why` is a sentence."""

    code = "setting_refused"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, "")
        self.args = (f"{name}: {why}",)


class KeyUnknown(LmhgError):
    """A sealed value names a key that the keyring does not hold."""

    code = "key_unknown"


class SealBroken(LmhgError):
    """A sealed value does not open: it was changed, or moved to another row."""

    code = "seal_broken"
