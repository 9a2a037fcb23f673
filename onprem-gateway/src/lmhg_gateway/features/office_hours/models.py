"""Tables of office hours: the practice's week, and the days on which it is closed."""

from datetime import date, time

from sqlalchemy import Date, SmallInteger, String, Time
from sqlalchemy.orm import Mapped

from lmhg_kit.persistence import Base, operational
from lmhg_kit.persistence.access import access

NAME_MAX = 80


class OfficeDay(Base):
    """A weekday on which the practice works, Monday (0) to Sunday (6), and its hours."""

    __tablename__ = "office_day"
    __table_args__ = {"schema": "practice"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_worker="select", gw_workspace="select, insert, update, delete")

    weekday: Mapped[int] = operational(SmallInteger, primary_key=True, autoincrement=False)
    opens: Mapped[time] = operational(Time, nullable=False)
    closes: Mapped[time] = operational(Time, nullable=False)


class Holiday(Base):
    """A day on which the practice is closed though its week says otherwise."""

    __tablename__ = "holiday"
    __table_args__ = {"schema": "practice"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_worker="select", gw_workspace="select, insert, update, delete")

    day: Mapped[date] = operational(Date, primary_key=True)
    name: Mapped[str] = operational(String(NAME_MAX), nullable=False)
