"""Columns that say what they may hold. A column without a class does not import."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import MappedColumn, mapped_column

from lmhg_contracts.classification import DataClass

INFO_KEY = "data_class"
COMMENT_PREFIX = "class:"


def _classified(data_class: DataClass, args: tuple[Any, ...], kwargs: Any) -> MappedColumn[Any]:  # noqa: ANN401 - SQLAlchemy's own signature
    info = {**kwargs.pop("info", {}), INFO_KEY: data_class}
    return mapped_column(*args, info=info, comment=COMMENT_PREFIX + data_class.value, **kwargs)


def phi(*args: Any, **kwargs: Any) -> MappedColumn[Any]:  # noqa: ANN401 - passes to mapped_column
    """A column about a client. Text of this class is sealed instead: see `sealed`."""
    return _classified(DataClass.PHI, args, kwargs)


def exempt(*args: Any, **kwargs: Any) -> MappedColumn[Any]:  # noqa: ANN401 - passes to mapped_column
    """A column whose value may cross once its record is exempt."""
    return _classified(DataClass.EXEMPT, args, kwargs)


def operational(*args: Any, **kwargs: Any) -> MappedColumn[Any]:  # noqa: ANN401 - passes to mapped_column
    """A column of ids, states and times that the product itself needs."""
    return _classified(DataClass.OPERATIONAL, args, kwargs)


def secret(*args: Any, **kwargs: Any) -> MappedColumn[Any]:  # noqa: ANN401 - passes to mapped_column
    """A column of hashes or key material; never shown, never shipped."""
    return _classified(DataClass.SECRET, args, kwargs)


def classes_of(table: Table) -> dict[str, DataClass]:
    """Each column's class. Raises: TypeError for a column without one."""
    found: dict[str, DataClass] = {}
    for column in table.columns:
        if INFO_KEY not in column.info:
            message = f"{table.fullname}.{column.name} has no data class"
            raise TypeError(message)
        found[column.name] = column.info[INFO_KEY]
    return found


def is_watched(table: Table) -> bool:
    """Whether writes need an actor and are audited: any column about a client or exempt."""
    return bool({DataClass.PHI, DataClass.EXEMPT} & set(classes_of(table).values()))


def holds_clients(table: Table) -> bool:
    """Whether any column is about a client: its rows are visible to a named actor only."""
    return DataClass.PHI in classes_of(table).values()
