"""What a merge keeps and what its undo returns, by example; the random sequences are beside this file."""

from typing import Any

from lmhg_gateway.features.merging.rules import FIELDS, Later, changed, joined, undone


def record(**said: Any) -> dict[str, Any]:
    """A record with nothing but what is said."""
    return (
        dict.fromkeys(FIELDS)
        | {name: False for name in FIELDS if name.startswith("may_") or name == "part2"}
        | said
    )


def test_empty_fields_are_filled_and_choices_taken() -> None:
    """The record that goes on keeps its own, unless the other is chosen or it has none."""
    one = record(mobile="1", may_text=True, may_mail=True)
    two = record(mobile="2", email="e", may_mail=True, part2=True)
    kept = joined(one, two, of_other=frozenset())
    assert (kept["mobile"], kept["email"]) == ("1", "e")
    assert (kept["may_text"], kept["may_mail"], kept["part2"]) == (False, True, True)
    assert joined(one, two, of_other=frozenset({"mobile", "address"}))["mobile"] == "2"
    assert set(changed(one, kept)) == {"email", "may_text", "part2"}


def test_field_returns_unless_it_was_changed_since() -> None:
    """Part 2 protection never returns to off."""
    fields = {"mobile": ("1", "2"), "email": (None, "e"), "part2": (False, True)}
    found = undone(fields, record(mobile="2", email="new", part2=True), [])
    assert found.values == {"mobile": "1"}
    assert set(found.stayed) == {"email", "part2"}


def test_later_merge_takes_over_what_the_undone_one_had_replaced() -> None:
    """Both undone in either order give what was there first; not where someone changed it in between."""
    fields, now = {"mobile": ("1", "2")}, record(mobile="3")
    later = Later({"mobile": ("2", "3")}, record(mobile="3"), is_after=True)
    found = undone(fields, now, [later])
    assert (found.values, found.stayed) == ({}, ())
    assert found.others == [{"mobile": ("1", "3")}]
    assert undone(found.others[0], now, []).values == {"mobile": "1"}
    edited = Later({"mobile": ("9", "3")}, record(mobile="3"), is_after=True)
    assert undone(fields, now, [edited]).stayed == ("mobile",)
    same = Later({"mobile": ("2", "1")}, record(mobile="1"), is_after=True)
    assert undone(fields, record(mobile="1"), [same]).others == [{}]


def test_way_to_contact_stays_forbidden_while_another_merged_record_forbids_it() -> None:
    """The other merge answers for it from then on."""
    fields, now = {"may_text": (True, False)}, record()
    other = Later({}, record(may_text=False), is_after=True)
    found = undone(fields, now, [other])
    assert (found.values, found.others) == ({}, [{"may_text": (True, False)}])
    allows = Later({}, record(may_text=True), is_after=True)
    assert undone(fields, now, [allows]).values == {"may_text": True}
