"""Security keys (WebAuthn): a key signs our question for our origin alone, with its person there."""

import base64
import binascii
import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import msgspec
import webauthn
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from lmhg_gateway.features.accounts.public import Account
from lmhg_gateway.features.factors.repository import FactorStore, Key
from lmhg_kit.clock import Clock, new_id, utc_now
from lmhg_kit.errors import Invalid
from lmhg_kit.persistence import WriteSession

CHALLENGE_LIFE = timedelta(minutes=3)
CREDENTIAL_MAX = 16_384
CREATE, GET = "create", "get"
REFUSED = (WebAuthnException, ValueError, TypeError)
"""What the library raises for an answer that is wrong, or not even one."""


class _Response(msgspec.Struct):
    client_data: str = msgspec.field(name="clientDataJSON")


class _Credential(msgspec.Struct):
    response: _Response


class _ClientData(msgspec.Struct):
    challenge: str


@dataclass(frozen=True)
class RelyingParty:
    """Who we are to a security key: it signs for one origin, and for nobody who looks like it."""

    origin: str
    id: str
    name: str

    @classmethod
    def at(cls, public_url: str, *, name: str) -> "RelyingParty":
        """The party at this address."""
        parts = urlsplit(public_url)
        return cls(f"{parts.scheme}://{parts.netloc}", parts.hostname or "", name)

    @property
    def takes_keys(self) -> bool:
        """Whether browsers offer keys here: never at a bare address without a name."""
        try:
            ip_address(self.id)
        except ValueError:
            return True
        return False


@dataclass(frozen=True)
class Keys:
    """Makes and checks security keys."""

    store: FactorStore
    party: RelyingParty
    clock: Clock = utc_now

    async def ask_new_key(self, account: Account, *, session_hash: bytes) -> str:
        """What a browser needs to make a key for this person, as JSON."""
        challenge = await self._challenge(account.id, session_hash, CREATE)
        options = webauthn.generate_registration_options(
            rp_id=self.party.id,
            rp_name=self.party.name,
            user_name=account.email,
            user_id=account.id.bytes,
            user_display_name=account.display_name,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_named(await self.store.keys(account.id)),
        )
        return webauthn.options_to_json(options)

    async def add_key(
        self,
        tx: WriteSession,
        user_id: uuid.UUID,
        credential: str,
        *,
        name: str,
        session_hash: bytes,
        alone: bool,
    ) -> None:
        """Keep the key that answered; `alone` as for an app. Raises: Invalid, Conflict, NotSignedIn."""
        challenge = await self._answered(user_id, session_hash, CREATE, credential)
        try:
            made = webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self.party.id,
                expected_origin=self.party.origin,
                require_user_verification=True,
            )
        except REFUSED:
            raise Invalid("key_refused") from None
        key = Key(
            id=new_id(),
            name=name,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            transports=(),
            created_at=self.clock(),
            last_used_at=None,
        )
        await self.store.add_key(tx, user_id, key, alone=alone)

    async def ask_key(self, user_id: uuid.UUID, *, session_hash: bytes) -> str | None:
        """What a browser needs to ask one of the person's keys, as JSON; None without any."""
        keys = await self.store.keys(user_id)
        if not keys:
            return None
        options = webauthn.generate_authentication_options(
            rp_id=self.party.id,
            challenge=await self._challenge(user_id, session_hash, GET),
            allow_credentials=_named(keys),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return webauthn.options_to_json(options)

    async def check_key(self, user_id: uuid.UUID, credential: str, *, session_hash: bytes) -> bool:
        """Whether one of the person's keys answered our question, here, now, with its person.

        The answer names our origin and our name, was made by a verified person, and the key's
        count has grown since its last use.
        """
        try:
            challenge = await self._answered(user_id, session_hash, GET, credential)
            parsed = parse_authentication_credential_json(credential)
        except (Invalid, *REFUSED):
            return False
        for key in await self.store.keys(user_id):
            if hmac.compare_digest(key.credential_id, parsed.raw_id):
                return await self._verify(key, credential, challenge=challenge)
        return False

    async def _verify(self, key: Key, credential: str, *, challenge: bytes) -> bool:
        try:
            seen = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self.party.id,
                expected_origin=self.party.origin,
                credential_public_key=key.public_key,
                credential_current_sign_count=key.sign_count,
                require_user_verification=True,
            )
        except REFUSED:
            return False
        return await self.store.raise_count(key.id, seen.new_sign_count, at=self.clock())

    async def _challenge(self, user_id: uuid.UUID, session_hash: bytes, purpose: str) -> bytes:
        challenge, at = secrets.token_bytes(32), self.clock()
        row: dict[str, Any] = {
            "challenge_hash": hashlib.sha256(challenge).digest(),
            "user_id": user_id,
            "session_hash": session_hash,
            "purpose": purpose,
            "ends_at": at + CHALLENGE_LIFE,
        }
        await self.store.put_challenge(row, at=at)
        return challenge

    async def _answered(
        self, user_id: uuid.UUID, session_hash: bytes, purpose: str, credential: str
    ) -> bytes:
        """The challenge that a credential answers, used up whether it verifies or not. Raises: Invalid."""
        challenge = _challenge_in(credential)
        taken = await self.store.take_challenge(
            hashlib.sha256(challenge).digest(),
            user_id=user_id,
            session_hash=session_hash,
            purpose=purpose,
            at=self.clock(),
        )
        if not taken:
            raise Invalid("key_refused")
        return challenge


def _named(keys: list[Key]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=key.credential_id) for key in keys]


def _challenge_in(credential: str) -> bytes:
    """The challenge that a browser says it answers. Raises: Invalid."""
    if not credential or len(credential) > CREDENTIAL_MAX:
        raise Invalid("key_refused")
    try:
        client_data = msgspec.json.decode(credential, type=_Credential).response.client_data
        said = msgspec.json.decode(_bytes(client_data), type=_ClientData).challenge
        return _bytes(said)
    except (msgspec.MsgspecError, binascii.Error, UnicodeError):
        raise Invalid("key_refused") from None


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
