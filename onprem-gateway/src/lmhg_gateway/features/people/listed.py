"""The list of people, as data."""

from dataclasses import dataclass

from lmhg_gateway.features.people.views import PersonRow
from lmhg_kit.http.list_part import Column, Filter, Link, ListPart, Tag
from lmhg_kit.ui.coded import words

PATH = "/people"


@dataclass(frozen=True)
class ListedPerson:
    """One person in the list, and whether a device of theirs is lost."""

    row: PersonRow
    is_lost: bool

    @property
    def tags(self) -> tuple[Tag, ...]:
        """What asks for a look."""
        lost = (Tag("Device lost", "bad"),) if self.is_lost else ()
        return (*lost, *((Tag("Sign-in locked", "warn"),) if self.row.delayed_until else ()))


PEOPLE = ListPart[ListedPerson](
    path=PATH,
    noun="person",
    kind="user_account",
    columns=(
        Column(
            label="Name",
            phone="lead",
            sort="name",
            get=lambda each: Link(each.row.name, f"{PATH}/{each.row.id}", each.tags),
        ),
        Column(label="Roles", get=lambda each: ", ".join(words(role) for role in each.row.roles)),
        Column(
            label="Two-step sign-in", get=lambda each: Tag(each.row.factor, each.row.factor_tone)
        ),
        Column(
            label="Needed from",
            get=lambda each: each.row.required_from if each.row.factor_tone == "warn" else None,
        ),
        Column(
            label="Account",
            phone="end",
            get=lambda each: Tag(each.row.state, each.row.state_tone),
        ),
        Column(
            label="Last sign-in", phone="off", get=lambda each: each.row.last_sign_in or "Never"
        ),
    ),
    filters=(
        Filter(name="who", label="Show", options=(("", "Who works here"), ("all", "Everyone"))),
    ),
    sorts=(("name", "Name, A to Z"), ("-name", "Name, Z to A")),
    has_words=True,
)
