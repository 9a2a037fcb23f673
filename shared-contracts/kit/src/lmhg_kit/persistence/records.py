"""The base of every table, and the metadata that every record carries.

`version` is raised by a trigger, `storage_policy` follows from the designator, and an exemption
names the approval that granted it: an application cannot state any of the three otherwise.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    DateTime,
    MetaData,
    String,
    Uuid,
    func,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr
from sqlalchemy.schema import SchemaItem

from lmhg_contracts.classification import StoragePolicy
from lmhg_kit.clock import new_id
from lmhg_kit.errors import PolicyViolation
from lmhg_kit.persistence.bounds import bound
from lmhg_kit.persistence.columns import classes_of, operational
from lmhg_kit.persistence.standing_approvals import standing_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of a plane's tables. Importing a table with an unclassified column fails."""

    metadata = MetaData(naming_convention=NAMING)

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
        """A table's columns are bounded as soon as it is declared."""
        super().__init_subclass__(**kwargs)
        table = cls.__dict__.get("__table__")
        if table is not None:
            bound(table)

    @classmethod
    def __declare_last__(cls) -> None:
        """Refuse unclassified columns once mapping is complete."""
        check_classified(cls.metadata)


def check_classified(metadata: MetaData) -> None:
    """Accept tables whose columns all have a class. Raises: TypeError."""
    for table in metadata.tables.values():
        classes_of(table)


class Record:
    """Columns of a record that may become exempt. The default is PHI and local_only."""

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    hipaa_exempt: Mapped[bool] = operational(
        Boolean, nullable=False, default=False, server_default="false"
    )
    storage_policy: Mapped[str] = operational(
        String(16),
        Computed(
            "case when hipaa_exempt then 'cloud_allowed' else 'local_only' end", persisted=True
        ),
    )
    exemption_id: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    version: Mapped[int] = operational(BigInteger, nullable=False, default=1, server_default="1")
    created_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    updated_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )

    __mapper_args__: Any = {"eager_defaults": True}  # noqa: RUF012 - SQLAlchemy's declared name

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 - mapped attributes of any type
        """Set the id first: a sealed column is bound to its row."""
        self.id = values.pop("id", None) or new_id()
        for name, value in values.items():
            setattr(self, name, value)

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """Constraints of every record table; a subclass puts them first in its own."""
        return (
            CheckConstraint("not hipaa_exempt or exemption_id is not null", name="exemption_named"),
        )

    def check_policy(self, policy: StoragePolicy) -> None:
        """Accept a storage policy for this record. Raises: PolicyViolation."""
        if policy is StoragePolicy.CLOUD_ALLOWED and self.exemption_id is None:
            raise PolicyViolation("exemption_missing")


class LocalRecord(Record):
    """A record of a kind that never crosses: the database refuses an exemption outright."""

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> Any:  # noqa: ANN401 - SQLAlchemy's declared name
        """Never exempt."""
        return (*cls.constraints(), {"schema": "practice"})

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """Never exempt, whatever approval is named."""
        return (CheckConstraint("not hipaa_exempt", name="never_exempt"),)

    def check_policy(self, policy: StoragePolicy) -> None:
        """Accept local_only alone. Raises: PolicyViolation."""
        if policy is not StoragePolicy.LOCAL_ONLY:
            raise PolicyViolation("kind_never_crosses")


class CloudRecord(Record):
    """A record whose home is the cloud: exempt from birth, under its kind's standing approval."""

    release_kind = ""

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 - mapped attributes of any type
        """Name the standing approval; the release trigger checks that it is on record."""
        super().__init__(**values)
        self.hipaa_exempt = True
        self.exemption_id = standing_id(self.release_kind)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> Any:  # noqa: ANN401 - SQLAlchemy's declared name
        """Only exempt records are in the cloud."""
        return (*cls.constraints(), {"schema": "portal"})

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """Exempt, and by a named approval."""
        only = CheckConstraint("hipaa_exempt", name="exempt_only")
        return (*super().constraints(), only)

    def check_policy(self, policy: StoragePolicy) -> None:
        """Accept cloud_allowed alone. Raises: PolicyViolation."""
        if policy is not StoragePolicy.CLOUD_ALLOWED:
            raise PolicyViolation("cloud_holds_exempt_only")
