"""The settings of each gateway process, a frozen struct each."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from lmhg_kit.errors import SettingMissing
from lmhg_kit.settings import (
    DatabaseUrl,
    EnvironmentSetting,
    FeaturesOff,
    FormerLedgerKeys,
    LedgerSigningKey,
    Listen,
    LogLevel,
    MetricsListen,
    Networks,
    Setting,
    SiteSetting,
    Workers,
)
from lmhg_kit.settings import Environment as Env

NOWHERE: Networks = ()
LOOPBACK: Networks = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

ApprovedNetworks = Annotated[
    Networks, Setting("networks that reach the workspace, comma-separated", "10.8.0.0/24")
]
TrustedProxies = Annotated[
    Networks, Setting("proxies whose X-Forwarded-For is believed", "127.0.0.1/32")
]
OutboundNetworks = Annotated[
    Networks,
    Setting(
        "inner networks that a connected app's sign-out address may lead to; public ones always may",
        "10.20.0.0/24",
    ),
]
PublicUrl = Annotated[str, Setting("own address as browsers see it", "https://work.example.test")]
KeyringFile = Annotated[Path, Setting("JSON keyring of the practice", "/etc/lmhg/keyring.json")]
Timezone = Annotated[str, Setting("the practice's time zone", "America/Kentucky/Louisville")]
SmtpUrl = Annotated[
    str | None,
    Setting(
        "where mail goes; smtps:// for TLS from the start, smtp:// for STARTTLS, which has to succeed"
        " unless the server is on loopback",
        "smtp://user:word@mail:587",
    ),
]
MailFrom = Annotated[str, Setting("whom mail comes from", "LMHG <no-reply@example.test>")]
PracticeName = Annotated[
    str, Setting("the practice's name, as second factors and mails say it", "Elm Street Practice")
]


PracticeState = Annotated[
    str, Setting("the practice's state, two letters, for holidays that are suggested", "KY")
]
PracticeHours = Annotated[
    str, Setting("days and hours in which the practice works", "Mon-Fri 07:30-19:00")
]
ProviderName = Annotated[
    Literal["embedded", "hydra", "external"],
    Setting("who keeps accounts and issues tokens: embedded, hydra or external", "embedded"),
]
PortalUrl = Annotated[
    str | None, Setting("where the portal is, for the account menu", "https://portal.example.test")
]
HydraAdminUrl = Annotated[
    str | None, Setting("Hydra's admin address, private", "http://127.0.0.1:4445")
]
LedgerKeysFile = Annotated[
    Path | None, Setting("vkeys of both planes' ledgers, one a line", "/etc/lmhg/ledgers.vkey")
]
SpoolFolder = Annotated[
    Path | None,
    Setting(
        "folder for files on their way in, on a disk of this machine; the same one for workspace and worker",
        "/var/lib/lmhg/uploads",
    ),
]
TrayFolder = Annotated[
    Path | None,
    Setting(
        "watched folder of the tray: the worker takes what a fax line or scanner saves there, keeps it, and"
        " then removes it",
        "/var/lib/lmhg/tray",
    ),
]
MailboxHost = Annotated[
    str | None,
    Setting(
        "IMAP server of the tray's mailbox, inside the approved networks: files of emails there come into the"
        " tray; off when it is not set",
        "mail.office.example.test",
    ),
]
MailboxSecurity = Annotated[
    Literal["tls", "starttls", "none"],
    Setting(
        "tls from the start, or starttls, which has to succeed; none only on loopback in development",
        "tls",
    ),
]
DowntimeFolder = Annotated[
    Path | None,
    Setting(
        "folder that the computers of the office see also when this one is down; the sealed downtime packet"
        " is put there each hour",
        "/srv/front-desk",
    ),
]
S3Url = Annotated[
    str | None, Setting("S3 server of the office, for documents", "https://s3.office.example.test")
]
S3AccessKey = Annotated[str, Setting("who we are there", "lmhg-documents")]
S3SecretKeyFile = Annotated[
    Path | None, Setting("file with what proves it", "/etc/lmhg/keys/s3.secret")
]
S3Bucket = Annotated[str, Setting("bucket of documents, as ciphertext", "lmhg-documents")]
S3SharedBucket = Annotated[
    str,
    Setting(
        "bucket of files that two people approved for the portal; the relay of the office reads it",
        "lmhg-shared",
    ),
]


def required(value: str | None, name: str, example: str) -> str:
    """A setting that the chosen provider needs. Raises: SettingMissing."""
    if not value:
        raise SettingMissing(name, example)
    return value


WriteBack = Annotated[
    bool, Setting("whether staff may send changes to IntakeQ: clients and appointments", "false")
]


BackupDays = Annotated[
    int,
    Setting(
        "days after which the office's own backups are deleted; what was disposed of may be in them until"
        " then, and the page and the certificate of a disposal say so",
        "30",
    ),
]


class WorkspaceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The workspace: pages about clients, on approved networks only."""

    environment: EnvironmentSetting = Env.PRODUCTION
    site: SiteSetting
    database_url: DatabaseUrl
    listen: Listen
    metrics_listen: MetricsListen
    log_level: LogLevel = "info"
    timezone: Timezone = "America/Kentucky/Louisville"
    approved_networks: ApprovedNetworks
    trusted_proxies: TrustedProxies = NOWHERE
    public_url: PublicUrl
    identity_url: Annotated[str, Setting("where people sign in", "https://id.example.test")]
    portal_url: PortalUrl = None
    keyring_file: KeyringFile
    identity_provider: ProviderName = "embedded"
    hydra_admin_url: HydraAdminUrl = None
    peer_ledger_keys_file: LedgerKeysFile = None
    practice_hours: PracticeHours = "Mon-Fri 07:30-19:00"
    practice_state: PracticeState = "KY"
    features_off: FeaturesOff = ()
    workers: Workers = "1"
    portal_backup_days: Annotated[
        int,
        Setting(
            "days after which the portal's backups and database logs are deleted; what was taken back"
            " may be in them until then, and the recall page says so",
            "30",
        ),
    ] = 30
    backup_days: BackupDays = 30
    spool_folder: SpoolFolder = None
    s3_url: S3Url = None
    s3_access_key: S3AccessKey = "lmhg-documents"
    s3_secret_key_file: S3SecretKeyFile = None
    s3_bucket: S3Bucket = "lmhg-documents"
    document_max_mb: Annotated[
        int, Setting("the largest document, in megabytes; photos up to 40", "1024")
    ] = 1024
    session_idle_min: Annotated[int, Setting("minutes until an idle session ends", "30")] = 30
    session_max_h: Annotated[int, Setting("hours until any session ends", "12")] = 12
    intakeq_write_back: WriteBack = False


class IdentitySettings(msgspec.Struct, frozen=True, kw_only=True):
    """The identity process: sign-in, no table about clients."""

    environment: EnvironmentSetting = Env.PRODUCTION
    site: SiteSetting
    database_url: DatabaseUrl
    listen: Listen
    metrics_listen: MetricsListen
    log_level: LogLevel = "info"
    timezone: Timezone = "America/Kentucky/Louisville"
    trusted_proxies: TrustedProxies = NOWHERE
    outbound_networks: OutboundNetworks = NOWHERE
    public_url: PublicUrl
    workspace_url: Annotated[
        str, Setting("where a signed-in person goes", "https://work.example.test")
    ]
    portal_url: PortalUrl = None
    identity_keyring_file: Annotated[
        Path, Setting("JSON keyring of the identity process alone", "/etc/lmhg/identity.json")
    ]
    practice_name: PracticeName = "LMHG"
    remember_step_hours: Annotated[
        int,
        Setting(
            "hours for which a browser may remember someone's second step, if they tick it; 0 for never",
            "12",
        ),
    ] = 12
    workers: Workers = "1"
    smtp_url: SmtpUrl = None
    mail_from: MailFrom = "LMHG <no-reply@localhost>"
    identity_provider: ProviderName = "embedded"
    hydra_admin_url: HydraAdminUrl = None
    hydra_public_url: Annotated[
        str | None, Setting("Hydra's address as browsers see it", "https://oauth.example.test")
    ] = None
    kratos_admin_url: Annotated[
        str | None,
        Setting("Kratos' admin address, when accounts live there", "http://127.0.0.1:4434"),
    ] = None
    kratos_public_url: Annotated[
        str | None, Setting("Kratos' address as browsers see it", "https://accounts.example.test")
    ] = None
    external_issuer_url: Annotated[
        str | None,
        Setting("the issuer that holds the accounts", "https://sso.example.test/realms/lmhg"),
    ] = None
    external_client_id: Annotated[
        str | None, Setting("how we are known to that issuer", "lmhg-identity")
    ] = None
    external_client_secret_file: Annotated[
        Path | None, Setting("file with our secret at that issuer", "/etc/lmhg/external.secret")
    ] = None
    external_roles_claim: Annotated[
        str, Setting("where its ID token has the roles", "realm_access.roles")
    ] = "realm_access.roles"
    external_roles: Annotated[
        str, Setting("its roles and ours, empty for the same names", "therapist=clinician")
    ] = ""


class IngressSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The ingress: webhooks in, encrypted to a key whose other half it does not have."""

    environment: EnvironmentSetting = Env.PRODUCTION
    site: SiteSetting
    database_url: DatabaseUrl
    listen: Listen
    metrics_listen: MetricsListen
    log_level: LogLevel = "info"
    public_url: Annotated[str, Setting("own address as senders see it", "https://in.example.test")]
    trusted_proxies: TrustedProxies = NOWHERE
    ingress_path_secret: Annotated[
        str, Setting("unguessable last part of the webhook path", "32 random letters")
    ]
    ingress_sources: Annotated[
        Networks, Setting("networks that may post webhooks", "203.0.113.0/24")
    ]
    ingress_public_key_file: Annotated[
        Path, Setting("X25519 public key, PEM", "/etc/lmhg/ingress.pub.pem")
    ]
    ingress_max_body_bytes: Annotated[
        int, Setting("largest webhook body that is kept", "262144")
    ] = 262_144


class WorkerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The worker: opens deliveries, calls IntakeQ, screens, and sequences the access ledger."""

    environment: EnvironmentSetting = Env.PRODUCTION
    features_off: FeaturesOff = ()
    site: SiteSetting
    database_url: DatabaseUrl
    metrics_listen: MetricsListen
    log_level: LogLevel = "info"
    keyring_file: KeyringFile
    timezone: Timezone = "America/Kentucky/Louisville"
    practice_hours: PracticeHours = "Mon-Fri 07:30-19:00"
    peer_ledger_keys_file: LedgerKeysFile = None
    ledger_signing_key_file: LedgerSigningKey
    ledger_former_keys_file: FormerLedgerKeys = None
    ingress_private_key_file: Annotated[
        Path, Setting("X25519 private key, PEM", "/etc/lmhg/ingress.pem")
    ]
    intakeq_url: Annotated[
        str, Setting("base address of IntakeQ's API", "https://intakeq.com/api/v1")
    ]
    intakeq_api_key_file: Annotated[Path, Setting("file with the API key", "/etc/lmhg/intakeq.key")]
    intakeq_calls_per_minute: Annotated[int, Setting("calls a minute", "10")] = 10
    intakeq_calls_per_day: Annotated[int, Setting("calls a day", "500")] = 500
    intakeq_write_back: WriteBack = False
    downtime_folder: DowntimeFolder = None
    spool_folder: SpoolFolder = None
    tray_folder: TrayFolder = None
    approved_networks: Annotated[
        Networks,
        Setting("networks in which the server of the tray's mailbox may be", "10.8.0.0/24"),
    ] = NOWHERE
    tray_mailbox_host: MailboxHost = None
    tray_mailbox_port: Annotated[int, Setting("its port; 143 for starttls", "993")] = 993
    tray_mailbox_security: MailboxSecurity = "tls"
    tray_mailbox_user: Annotated[
        str | None, Setting("who we are at that server", "fax@office.example.test")
    ] = None
    tray_mailbox_password_file: Annotated[
        Path | None, Setting("file with the password there", "/etc/lmhg/keys/mailbox.password")
    ] = None
    tray_mailbox_folder: Annotated[str, Setting("folder in which new emails arrive", "INBOX")] = (
        "INBOX"
    )
    tray_mailbox_taken_folder: Annotated[
        str, Setting("folder for emails that were taken; made where it is missing", "Taken")
    ] = "Taken"
    tray_mailbox_refused_folder: Annotated[
        str,
        Setting("folder for emails with something that could not be taken", "Not taken"),
    ] = "Not taken"
    tray_mailbox_ca_file: Annotated[
        Path | None,
        Setting(
            "certificates that vouch for that server, PEM; the machine's own ones when not set",
            "/etc/lmhg/mailbox-ca.pem",
        ),
    ] = None
    s3_url: S3Url = None
    s3_access_key: S3AccessKey = "lmhg-documents"
    s3_secret_key_file: S3SecretKeyFile = None
    s3_bucket: S3Bucket = "lmhg-documents"
    s3_shared_bucket: S3SharedBucket = "lmhg-shared"
    backup_days: BackupDays = 30
    smtp_url: SmtpUrl = None
    mail_from: MailFrom = "LMHG <no-reply@localhost>"
    alerts_to: Annotated[
        str | None, Setting("where the officers read alerts", "compliance@example.test")
    ] = None


class OwnerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The commands that an operator runs: migrate, accounts, approvals, exports."""

    site: SiteSetting = "s1"
    database_url: DatabaseUrl


class LeavingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The command that writes everything for the day on which a practice leaves."""

    keyring_file: KeyringFile
    ingress_private_key_file: Annotated[
        Path | None, Setting("X25519 private key, PEM", "/etc/lmhg/ingress.pem")
    ] = None
    s3_url: S3Url = None
    s3_access_key: S3AccessKey = "lmhg-documents"
    s3_secret_key_file: S3SecretKeyFile = None
    s3_bucket: S3Bucket = "lmhg-documents"


class SigningKeySettings(msgspec.Struct, frozen=True, kw_only=True):
    """The commands about signing keys, whose private halves are sealed."""

    identity_keyring_file: Annotated[
        Path, Setting("JSON keyring of the identity process alone", "/etc/lmhg/identity.json")
    ]
