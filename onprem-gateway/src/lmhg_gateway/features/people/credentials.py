"""Every credential that a person can have held, and what offboarding does with it.

The list is complete: a test reads every column of class secret, every column that looks like a
credential, and every setting that names one, and fails on what is missing here.
"""

from enum import StrEnum

import msgspec


class Fate(StrEnum):
    """What becomes of a credential when someone leaves."""

    ENDS = "ends"
    ENDS_UNLESS_REPLACED = "ends_unless_replaced"
    OPERATOR = "operator"


FATE_WORDS = {
    Fate.ENDS: ("Ends now", "ok"),
    Fate.ENDS_UNLESS_REPLACED: ("Ends now, and the program stops", "warn"),
    Fate.OPERATOR: ("Must be replaced on the server", "warn"),
}


class Credential(msgspec.Struct, frozen=True):
    """One kind of credential: where it is kept, and its fate."""

    title: str
    fate: Fate
    columns: frozenset[str] = frozenset()
    settings: frozenset[str] = frozenset()
    note: str = ""

    @property
    def word(self) -> str:
        """The fate in words."""
        return FATE_WORDS[self.fate][0]

    @property
    def badge(self) -> str:
        """The color of the fate."""
        return FATE_WORDS[self.fate][1]


def _columns(*names: str) -> frozenset[str]:
    return frozenset(names)


CREDENTIALS = (
    Credential("Password", Fate.ENDS, _columns("identity.user_account.password_hash")),
    Credential(
        "Sign-ins on every device, here and on the portal",
        Fate.ENDS,
        _columns(
            "identity.session.id_hash",
            "identity.handoff.code_hash",
            "identity.challenge.challenge_hash",
            "identity.challenge.session_hash",
        ),
        note="This includes a sign-in that is not finished yet.",
    ),
    Credential(
        "Authenticator apps, security keys and passkeys",
        Fate.ENDS,
        _columns(
            "identity.totp.secret_sealed",
            "identity.passkey.credential_id",
            "identity.passkey.public_key",
        ),
    ),
    Credential(
        "Known browsers of this person",
        Fate.ENDS,
        _columns("identity.known_browser.browser_hash"),
    ),
    Credential(
        "The printed downtime key, if they know it",
        Fate.OPERATOR,
        _columns("practice.downtime_key.code_sealed"),
        note="Print a new one under When the system is down.",
    ),
    Credential("Recovery codes", Fate.ENDS, _columns("identity.recovery_code.code_hash")),
    Credential(
        "Invitation and password emails that were not used",
        Fate.ENDS,
        _columns("identity.letter.token_hash"),
    ),
    Credential(
        "Connected apps that act for this person",
        Fate.ENDS,
        _columns(
            "identity.access_token.id_hash",
            "identity.refresh_token.token_hash",
            "identity.refresh_token.answer_sealed",
            "identity.authorization_code.code_hash",
            "identity.authorization_code.nonce",
            "identity.authorization_code.challenge",
        ),
    ),
    Credential(
        "Secrets of connected apps that this person has seen",
        Fate.ENDS_UNLESS_REPLACED,
        _columns("identity.client_secret.secret_hash", "identity.client_push.secret_sealed"),
        note="Have someone else make a new secret first, and the app goes on with that one.",
    ),
    Credential(
        "Passwords and keys in the server's files",
        Fate.OPERATOR,
        settings=frozenset(
            {
                "database_url",
                "external_client_secret_file",
                "identity_keyring_file",
                "ingress_private_key_file",
                "intakeq_api_key_file",
                "keyring_file",
                "ledger_signing_key_file",
                "smtp_url",
                "tray_mailbox_password_file",
            }
        ),
        note="Only if this person could sign in to the server itself: the databases, email, the fax mailbox, IntakeQ, and the keys.",
    ),
)
NO_PERSONS = frozenset(
    {
        "identity.external_request.handoff_state",
        "identity.external_request.nonce",
        "identity.external_request.state_hash",
        "identity.external_request.verifier",
        "identity.sign_in_failures.subject_hash",
        "identity.signing_key.private_sealed",
    }
)
"""Secret columns that open nothing for a person: a question to another sign-in server that ends
after minutes, a count of wrong attempts, and the issuer's own key, which no page shows."""
