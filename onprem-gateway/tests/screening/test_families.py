"""What outsiders wrote past screening, by family: each row of the list and its siblings."""

import pytest

from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.screening.people import person_of
from lmhg_gateway.features.screening.rules import (
    BEFORE,
    ClientIndex,
    Hit,
    find_pattern,
    hits,
)
from lmhg_quality.factories import LEOPOLD, index_of, is_held


@pytest.fixture(scope="module")
def leopold() -> ClientIndex:
    """A practice with one client."""
    return index_of(LEOPOLD)


@pytest.mark.found(
    "a1", "a name of two everyday words is held in a text of capitals or of small letters"
)
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Will Price", "WILL PRICE IS LOCKED OUT OF THE PORTAL"),
        ("Will Price", "will price is locked out of the portal"),
        ("Grace May", "please call grace may back"),
        ("Mark Long", "PORTAL LOGIN FOR MARK LONG"),
        ("Rose Hill", "rose hill: new phone"),
    ],
)
def test_everyday_name_is_held_in_texts_without_case(name: str, text: str) -> None:
    """Where capitals say nothing, what is around the name does."""
    assert is_held(index_of(name), text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Will Price", "we will price two couches for the lobby"),
        ("Will Price", "WILL PRICE CHANGES REACH US IN TIME"),
        ("Mark Long", "mark long forms with a green dot"),
        ("Rose Hill", "the parking on rose hill street is closed"),
        ("Grace May", "with some grace may we ask for quiet"),
    ],
)
def test_everyday_words_pass_in_texts_without_case(name: str, text: str) -> None:
    """The same words as words."""
    assert not is_held(index_of(name), text)


@pytest.mark.found(
    "a10", "a social security number with points or underscores has the shape of one"
)
@pytest.mark.found("a11", "every short form of the words for it counts, glued as well")
@pytest.mark.parametrize(
    "text",
    [
        "it is 123.45.6789", "it is 123_45_6789", "123 - 45 - 6789", "SSN: 123456789", "SS# 123456789", "S.S.N. 123456789",
        "Soc Sec 123456789", "soc. sec. no. 123456789", "ssn123456789", "SSN=123456789", "Social 123 45 6789", "ss no 123456789",
        "social security number is 123456789", "S.S.# 123-45-6789",
    ],
)  # fmt: skip
def test_social_security_number_is_held_in_each_form(text: str) -> None:
    """By its shape, or by the word beside nine digits."""
    assert find_pattern(text) in {"ssn", "ssn_in_words"}


@pytest.mark.found("a17", "the first word of a name that may be the family's is held with a title")
@pytest.mark.found("a21", "a client with one name is held with a title or a sign of a person")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Nguyễn Thị Minh Khai", "Mrs. Nguyen called to reschedule"),
        ("Nguyễn Thị Minh Khai", "MRS. NGUYEN CALLED"),
        ("Kim Min-jun", "Mr. Kim is here"),
        ("Suharto", "Mr. Suharto called"),
        ("Suharto", "Suharto cannot log in"),
        ("Madonna", "I spoke with Ms. Madonna"),
        ("Hope", "Ms. Hope is here"),
    ],
)
def test_names_of_one_word_and_family_first_are_held(name: str, text: str) -> None:
    """What comes last is not the family's name everywhere."""
    assert is_held(index_of(name), text)


def test_a_first_name_with_a_title_is_no_family_name() -> None:
    """The control: what the lists know as a first name alone is left alone."""
    assert not is_held(index_of("Mary Quillfeather"), "Ms. Mary brings the snacks")
    assert not is_held(index_of("Hope"), "we hope for the best")


@pytest.mark.found(
    "a18", "a double first name is the same with a hyphen, a space or nothing between"
)
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Ann-Marie Fields", "Please call Annmarie Fields back"),
        ("Annmarie Fields", "Please call Ann-Marie Fields back"),
        ("Annmarie Fields", "Please call Ann Marie Fields back"),
        ("Ann-Marie Fields", "please call annmarie fields"),
        ("Annmarie Fields", "please call ann-marie fields"),
        ("Jean-Paul Banks", "Jeanpaul Banks called"),
        ("Jeanpaul Banks", "Jean-Paul Banks called"),
        ("Ada Smithjones", "Ada Smith-Jones is here"),
        ("Ada McDonald", "Mc Donald, Ada"),
        ("Ada de la Cruz", "Ada Dela Cruz"),
        ("Ada Dela Cruz", "Ada de la Cruz"),
    ],
)
def test_compound_names_are_held_joined_and_split(name: str, text: str) -> None:
    """Hyphens and spaces are habits, not names."""
    assert is_held(index_of(name), text)


@pytest.mark.found("a19", "umlauts are the same written out and folded, both ways")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Jürgen Müller", "Mueller called to cancel"),
        ("Juergen Mueller", "Müller called to cancel"),
        ("Ada Østergaard", "Oestergaard is here"),
        ("Ada Oestergaard", "Østergaard is here"),
        ("Ada Strauß", "Strauss is here"),
        ("Ada Ægisson", "Aegisson is here"),
        ("Łukasz Đặngovic", "Lukasz Dangovic"),
        ("Ada Y\u0131ld\u0131z", "Ada Yildiz"),
        ("Ada O\u02bcNeillan", "Ada O\u2032Neillan"),
    ],
)
def test_transliterations_are_held_both_ways(name: str, text: str) -> None:
    """Whichever of the two is on record."""
    assert is_held(index_of(name), text)


@pytest.mark.found(
    "a20", "a name in a script without spaces is held alone and inside other writing"
)
@pytest.mark.parametrize(
    ("name", "text"),
    [("王小明", "客户 王小明 来电"), ("王小明", "客户王小明来电"), ("王 小明", "王小明"), ("김민수", "김민수님 전화"), ("李明", "客户 李明 来电")],
)  # fmt: skip
def test_unspaced_names_are_held(name: str, text: str) -> None:
    """The client's whole name is enough."""
    assert is_held(index_of(name), text)
    assert not is_held(index_of(name), "客户来电, 明天 再说")


@pytest.mark.found(
    "a22", "short forms and spellings of a first name are it, beside everyday surnames too"
)
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Leopold Hargreaves", "Leo H. is here"),
        ("Mohammed Rose", "Mohamed Rose"),
        ("Elizabeth Banks", "Elisabeth Banks called"),
        ("Guadalupe Rivers", "Lupita Rivers"),
        ("Sarah Stone", "Sara Stone"),
        ("Jon Fields", "John Fields"),
        ("Catherine Price", "Katherine Price"),
        ("Bryan Wood", "Brian Wood"),
    ],
)
def test_spellings_of_first_names_are_held(name: str, text: str) -> None:
    """People write names as they hear them."""
    assert is_held(index_of(name), text)


@pytest.mark.found("a23", "guardian and address on record name a client as well")
@pytest.mark.parametrize(
    "text",
    [
        "Petra Vonkeman called about the portal",
        "ms. vonkeman is here",
        "ring 502-555-0177",
        "write to petra.v@example.net",
        "a parcel for 1418 Wexcombe Ave",
        "1418 north wexcombe avenue",
    ],
)
def test_guardian_and_address_are_held(text: str) -> None:
    """By the same rules, from every field that tells who someone is."""
    client = Client(
        legal_name="Ottoline Quillfeather",
        guardian="Petra Vonkeman (mother), 502 555 0177, petra.v@example.net",
        address="1418 N. Wexcombe Avenue, Apt 3, Louisville, KY 40202",
    )
    index = ClientIndex()
    index.put("1", person_of(client))
    assert is_held(index, text)
    assert not is_held(index, "The mother called about 1418 copies; Louisville is on page 3.")


@pytest.mark.found("a24", "birth dates are held with apostrophes, ordinals and the odd slash")
@pytest.mark.found("a25", "dates and phones are held inside file names")
@pytest.mark.parametrize(
    "text",
    [
        "born 5/23/'88", "5\u204423\u204488", "23rd day of May 1988", "the twenty-third of May 1988", "May the 23rd, 1988",
        "dob_05_23_1988.pdf", "scan_may_23_1988.pdf", "fax_502_555_0199.tif", "5_23_88.png", "5/23/\u201988", "23 May \u201988",
        "1988.05.23", "5.23.88", "23/May/88",
    ],
)  # fmt: skip
def test_odd_dates_and_file_names_are_held(leopold: ClientIndex, text: str) -> None:
    """However a day is put down."""
    assert set(leopold_rules(leopold, text)) & {"client_birth_date", "client_phone"}


def leopold_rules(index: ClientIndex, text: str) -> list[str]:
    """The rules that hold a text."""
    return [hit.rule for hit in hits({"body": text}, index)]


@pytest.mark.found("a26", "record numbers are held with their word glued or shortened")
@pytest.mark.parametrize(
    "text", ["MRN12345", "MRN 12345", "MRN#12345", "Pt ID 12345", "Pt. ID: 12345", "patient no. A12345",
             "chart_no_12345.pdf", "m.r.n. 12345"],
)  # fmt: skip
def test_record_number_is_held_in_each_form(text: str) -> None:
    """The word and the number need no space."""
    assert find_pattern(text) == "record_number"


@pytest.mark.found("a27", "a birth date beside its word is held whoever was born")
@pytest.mark.parametrize(
    "text", ["DOB 05231988", "dob: 052388", "born on the 23rd of May '88", "DOB 5/23/88", "dob05231988", "D.O.B. 5 23 1988",
             "date of birth is May the 23rd 1988"],
)  # fmt: skip
def test_birth_date_of_anybody_is_held(text: str) -> None:
    """No client has to have it."""
    assert find_pattern(text) == "birth_date"


@pytest.mark.found(
    "a28", "a name or number cut between two fields is held, and so between messages"
)
@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Portal login for Ann-Marie", "Fields is locked out"),
        ("Call 502-555", "0199 please"),
        ("Born May 23,", "1988 says the form"),
    ],
)
def test_what_is_cut_between_fields_is_held(subject: str, body: str) -> None:
    """The end of one and the start of the next are read as one."""
    index = index_of("Ann-Marie Fields")
    index.put("x", LEOPOLD)
    found = list(hits({"subject": subject, "body": body}, index))
    assert {hit.place for hit in found} == {"subject and body"}
    found = list(hits({BEFORE: subject, "body": body}, index))
    assert {hit.place for hit in found} == {"body"}
    assert not list(hits({"subject": body, "body": subject}, index))
    assert not list(hits({BEFORE: "Leopold Hargreaves", "body": "Thank you."}, index))


def test_a_seam_repeats_no_hit_of_its_fields(leopold: ClientIndex) -> None:
    """What is in one field is told there, once."""
    texts = {"subject": "Leopold Hargreaves", "body": "is here"}
    assert list(hits(texts, leopold)) == [Hit("client_name", "subject")]


@pytest.mark.found("a29", "a diagnosis beside a singular they is one of somebody")
@pytest.mark.parametrize(
    "text",
    [
        "They were diagnosed with bipolar",
        "they have been diagnosed with PTSD",
        "we diagnosed them with OCD",
        "the patient was recently diagnosed as bipolar",
        "she was diagnosed with ADHD",
    ],
)
def test_diagnosis_of_somebody_is_held(text: str) -> None:
    """Whatever word is used for the person."""
    assert find_pattern(text) == "diagnosis"
