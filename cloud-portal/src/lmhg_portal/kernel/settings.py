"""The settings of each portal process, a frozen struct each."""

from pathlib import Path
from typing import Annotated

import msgspec

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


class PortalSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The portal: any browser, exempt records only."""

    environment: EnvironmentSetting = Env.PRODUCTION
    features_off: FeaturesOff = ()
    workers: Workers = "1"
    site: SiteSetting
    database_url: DatabaseUrl
    listen: Listen
    metrics_listen: MetricsListen
    log_level: LogLevel = "info"
    timezone: Annotated[str, Setting("the practice's time zone", "America/Kentucky/Louisville")] = (
        "America/Kentucky/Louisville"
    )
    trusted_proxies: Annotated[
        Networks, Setting("proxies whose X-Forwarded-For is believed", "127.0.0.1/32")
    ] = NOWHERE
    public_url: Annotated[
        str, Setting("own address as browsers see it", "https://portal.example.test")
    ]
    issuer_url: Annotated[
        str, Setting("the practice's issuer, as in its tokens", "https://id.example.test")
    ]
    workspace_url: Annotated[
        str | None,
        Setting("where the workspace is, for the account menu", "https://work.example.test"),
    ] = None
    client_id: Annotated[str, Setting("the portal's name at the issuer", "portal")] = "portal"
    client_secret_file: Annotated[
        Path, Setting("file with the portal's secret at the issuer", "/etc/lmhg/client.secret")
    ]
    s3_url: Annotated[
        str | None,
        Setting("S3 server of the cloud, for files of the library", "https://s3.example.test"),
    ] = None
    s3_access_key: Annotated[
        str, Setting("who we are there; it needs to read and no more", "lmhg-portal")
    ] = "lmhg-portal"
    s3_secret_key_file: Annotated[
        Path | None, Setting("file with what proves it", "/etc/lmhg/keys/s3.secret")
    ] = None
    s3_bucket: Annotated[str, Setting("bucket of files that crossed", "lmhg-cloud")] = "lmhg-cloud"
    session_idle_min: Annotated[int, Setting("minutes until an idle session ends", "60")] = 60
    session_max_h: Annotated[int, Setting("hours until any session ends", "12")] = 12


class PortalWorkerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The portal worker: carries out redaction orders and sequences the access ledger."""

    environment: EnvironmentSetting = Env.PRODUCTION
    features_off: FeaturesOff = ()
    site: SiteSetting
    database_url: DatabaseUrl
    metrics_listen: MetricsListen
    log_level: LogLevel = "info"
    ledger_signing_key_file: LedgerSigningKey
    ledger_former_keys_file: FormerLedgerKeys = None
