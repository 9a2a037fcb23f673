"""Guards of the wall that speak before the database does: columns, policies, keys."""

import uuid

import pytest
from sqlalchemy import Column, MetaData, Table, Uuid

from lmhg_contracts.classification import DataClass, StoragePolicy
from lmhg_contracts.registry import KINDS
from lmhg_kit.errors import KeyUnknown, PolicyViolation
from lmhg_kit.persistence import sealing
from lmhg_kit.persistence.columns import INFO_KEY
from lmhg_kit.persistence.generated_triggers import statements
from lmhg_kit.persistence.records import CloudRecord, LocalRecord, Record
from lmhg_kit.persistence.release_triggers import FIXED_COLUMNS

LOCAL, CLOUD = StoragePolicy.LOCAL_ONLY, StoragePolicy.CLOUD_ALLOWED
KIND = KINDS["announcement"]
POLICIES = [
    (Record, None, LOCAL, None),
    (Record, None, CLOUD, "exemption_missing"),
    (Record, uuid.UUID(int=1), CLOUD, None),
    (LocalRecord, None, LOCAL, None),
    (LocalRecord, uuid.UUID(int=1), CLOUD, "kind_never_crosses"),
    (CloudRecord, uuid.UUID(int=1), CLOUD, None),
    (CloudRecord, uuid.UUID(int=1), LOCAL, "cloud_holds_exempt_only"),
]


@pytest.mark.parametrize(("base", "exemption", "policy", "code"), POLICIES)
def test_each_base_accepts_its_policies_alone(
    base: type[Record], exemption: uuid.UUID | None, policy: StoragePolicy, code: str | None
) -> None:
    """No approval, a kind that never crosses, a plane that holds exempt records only."""
    record = base.__new__(base)
    record.exemption_id = exemption
    if code is None:
        record.check_policy(policy)
    else:
        with pytest.raises(PolicyViolation, match=code):
            record.check_policy(policy)


def table_with(*names: str) -> Table:
    """A releasable table with these columns."""
    info = {INFO_KEY: DataClass.EXEMPT}
    columns = [Column(name, Uuid, info=info) for name in names]
    return Table("announcement", MetaData(schema="practice"), *columns)


@pytest.mark.parametrize("missing", [*FIXED_COLUMNS, *KIND.fields])
def test_a_table_without_a_column_of_its_kind_gets_no_wall(missing: str) -> None:
    """The trigger would ship less than the contract, or would not know what is exempt."""
    names = [*FIXED_COLUMNS, *KIND.fields]
    releases = {"practice.announcement": KIND}
    assert statements([table_with(*names)], releases)
    names.remove(missing)
    with pytest.raises(TypeError, match=f"lacks columns of announcement: {missing}$"):
        statements([table_with(*names)], releases)


def test_without_a_keyring_nothing_is_sealed_or_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process without keys fails; it does not write text in clear."""
    assert sealing.installed()
    monkeypatch.setattr(sealing, "_installed", [])
    with pytest.raises(KeyUnknown, match="keyring_missing"):
        sealing.installed()
