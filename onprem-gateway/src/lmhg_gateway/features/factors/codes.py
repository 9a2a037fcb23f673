"""Codes that open once: those of an authenticator app (RFC 6238), and those for a lost device."""

import hashlib
import hmac
import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from pyotp import random_base32
from pyotp.totp import TOTP

from lmhg_gateway.features.factors.repository import FactorStore
from lmhg_kit.clock import Clock, new_id, utc_now
from lmhg_kit.persistence import Keyring, WriteSession
from lmhg_kit.persistence.sealing import place_of

STEP_S = 30
DRIFT = 1
"""Steps on either side of this moment at which a code is accepted: clocks differ."""
CODES = 10
CODE_BYTES = 10
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(frozen=True)
class Codes:
    """Makes and checks codes."""

    store: FactorStore
    keyring: Keyring
    practice: str
    """Under which name an app lists us."""
    clock: Clock = utc_now

    async def begin_app(self, user_id: uuid.UUID, *, name: str, alone: bool) -> uuid.UUID:
        """A new app's secret, sealed; it counts once a first code has proved it.

        `alone`: the person proved a password only. Raises: Conflict, NotSignedIn.
        """
        app_id = new_id()
        blob = self.keyring.seal(random_base32().encode(), place=_place(app_id))
        await self.store.add_app(
            user_id, app_id, name=name, secret_sealed=blob, at=self.clock(), alone=alone
        )
        return app_id

    async def app_secret(self, user_id: uuid.UUID, app_id: uuid.UUID) -> str:
        """The secret of an app that waits for its first code. Raises: NotFound."""
        app = await self.store.app(user_id, app_id)
        return self._open(app.id, app.secret_sealed)

    def app_address(self, secret: str, *, email: str) -> str:
        """What the picture for the app says."""
        return TOTP(secret, interval=STEP_S).provisioning_uri(name=email, issuer_name=self.practice)

    async def confirm_app(
        self, tx: WriteSession, user_id: uuid.UUID, app_id: uuid.UUID, code: str, *, alone: bool
    ) -> bool:
        """Whether a first code proves the app; from then on it counts.

        Raises: NotFound, Conflict, and NotSignedIn when a password alone would add a second one.
        """
        app = await self.store.app(user_id, app_id)
        at = self.clock()
        step = matching_step(self._open(app.id, app.secret_sealed), code, at=at)
        return step is not None and await self.store.confirm_app(
            tx, user_id, app.id, step=step, at=at, alone=alone
        )

    async def check_code(self, user_id: uuid.UUID, code: str) -> bool:
        """Whether this is a code of one of the person's apps that was not used before."""
        at = self.clock()
        for app in await self.store.apps(user_id):
            step = matching_step(self._open(app.id, app.secret_sealed), code, at=at)
            if step is not None and await self.store.take_step(app.id, step):
                return True
        return False

    async def make_codes(self, user_id: uuid.UUID) -> list[str]:
        """Ten fresh recovery codes, to be shown once; earlier ones are over."""
        codes = [new_recovery_code() for _ in range(CODES)]
        await self.store.put_codes(user_id, [hash_recovery_code(user_id, code) for code in codes])
        return codes

    async def use_recovery_code(self, user_id: uuid.UUID, code: str) -> bool:
        """Whether this is a recovery code of the person's that was not used before."""
        return await self.store.take_code(
            user_id, hash_recovery_code(user_id, code), at=self.clock()
        )

    def _open(self, app_id: uuid.UUID, blob: bytes) -> str:
        return self.keyring.open(blob, place=_place(app_id)).decode()


def matching_step(secret: str, code: str, *, at: datetime) -> int | None:
    """The time step whose code this is, near now; each one is compared."""
    digits = re.sub(r"\s", "", code)
    now = int(at.timestamp()) // STEP_S
    totp = TOTP(secret, interval=STEP_S)
    found = [
        step
        for step in range(now - DRIFT, now + DRIFT + 1)
        if hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode())
    ]
    return found[-1] if found else None


def new_recovery_code() -> str:
    """Eighty random bits, in four groups that can be read aloud."""
    letters = "".join(secrets.choice(_BASE32) for _ in range(CODE_BYTES * 8 // 5))
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def hash_recovery_code(user_id: uuid.UUID, code: str) -> bytes:
    """What the database holds instead of a recovery code; hyphens and case do not matter."""
    plain = re.sub(r"[^A-Z2-7]", "", code.upper())
    return hashlib.sha256(user_id.bytes + plain.encode()).digest()


def _place(app_id: uuid.UUID) -> str:
    return place_of("identity.totp", "secret", app_id)
