"""Runs the migrations of schemas relay and replica."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

_PACKAGED = Path(__file__).parent / "migrations"
_CHECKOUT = Path(__file__).parents[2] / "migrations"


def scripts() -> Path:
    """The folder of migration scripts: inside the wheel, or beside the source."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def newest_revision() -> str:
    """The revision that this code was written for."""
    config = Config()
    config.set_main_option("script_location", str(scripts()))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def driver_url(database_url: str) -> str:
    """The database URL in the form that SQLAlchemy's asyncpg dialect reads."""
    scheme, separator, rest = database_url.partition("://")
    if not separator or scheme not in ("postgresql", "postgres", "postgresql+asyncpg"):
        raise ValueError("database_url_scheme")
    return f"postgresql+asyncpg://{rest}"


def upgrade(database_url: str) -> None:
    """Bring the database to the newest revision; changes nothing if it is there."""
    config = Config()
    config.set_main_option("script_location", str(scripts()))
    config.attributes["url"] = driver_url(database_url)
    command.upgrade(config, "head")
