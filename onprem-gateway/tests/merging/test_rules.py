"""What a merge keeps and what its undo returns, by example; the random sequences are beside this file."""

from typing import Any

from lmhg_gateway.features.merging.rules import FIELDS, Later, changed, joined, undone


def record(**said: Any) -> dict[str, Any]:
    """A record with nothing but what is said."""
    return dict.fromkeys(FIELDS) | {"part2": False} | said


def test_empty_fields_are_filled_and_choices_taken() -> None:
    """The record that goes on keeps its own, unless the other is chosen or it has none."""
    one = record(mobile="1", may_text=True, may_mail=True, may_email=True)
    two = record(mobile="2", email="e", may_mail=True, may_email=False, part2=True)
    kept = joined(one, two, of_other=frozenset())
    assert (kept["mobile"], kept["email"]) == ("1", "e")
    assert (kept["may_text"], kept["may_mail"], kept["part2"]) == (True, True, True)
    assert (kept["may_email"], kept["may_voicemail"]) == (False, None)
    assert joined(one, two, of_other=frozenset({"mobile", "address"}))["mobile"] == "2"
    assert set(changed(one, kept)) == {"email", "may_email", "part2"}


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
    fields, now = {"may_text": (True, False)}, record(may_text=False)
    other = Later({}, record(may_text=False), is_after=True)
    found = undone(fields, now, [other])
    assert (found.values, found.others) == ({}, [{"may_text": (True, False)}])
    allows = Later({}, record(may_text=True), is_after=True)
    assert undone(fields, now, [allows]).values == {"may_text": True}


def test_way_that_was_never_asked_takes_any_answer() -> None:
    """An empty record makes nothing unsafe; no counts before yes, and both before not asked."""
    said = {
        (one, two): joined(record(may_text=one), record(may_text=two), of_other=frozenset())[
            "may_text"
        ]
        for one in (True, False, None)
        for two in (True, False, None)
    }
    assert said == {
        (True, True): True, (True, False): False, (True, None): True,
        (False, True): False, (False, False): False, (False, None): False,
        (None, True): True, (None, False): False, (None, None): None,
    }  # fmt: skip
    assert changed(record(), record(may_text=False)) == {"may_text": (None, False)}


def test_answer_of_another_merged_record_is_what_an_undo_leaves() -> None:
    """Without the no of one record, the yes of the other counts; without both, no one was asked."""
    fields, now = {"may_text": (None, False)}, record(may_text=False)
    allows = Later({}, record(may_text=True), is_after=True)
    found = undone(fields, now, [allows])
    assert found.values == {"may_text": True}
    assert found.others == [{"may_text": (None, True)}]
    rest = undone(found.others[0], record(may_text=True), [Later({}, record(), is_after=False)])
    assert (rest.values, rest.others) == ({"may_text": None}, [{}])
