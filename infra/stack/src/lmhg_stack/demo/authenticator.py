"""A demo person's authenticator app: each code opens once, so the next one is waited for."""

import time

from pyotp.totp import TOTP

STEP_S = 30
DRIFT = 1
"""Steps before and after now whose codes are taken."""

_used: dict[str, int] = {}


def next_code(secret: str) -> str:
    """A code that this process has not given yet; waits when the near ones are all used."""
    now = int(time.time()) // STEP_S
    step = max(_used.get(secret, 0) + 1, now)
    if step > now + DRIFT:
        time.sleep((step - DRIFT) * STEP_S - time.time() + 0.1)
    _used[secret] = step
    return TOTP(secret, interval=STEP_S).generate_otp(step)
