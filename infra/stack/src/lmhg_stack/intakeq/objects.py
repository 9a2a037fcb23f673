"""IntakeQ's objects as its API spells them: PascalCase, two date encodings, four client ids.

Source: reference facts A3. A birth date is epoch milliseconds on a client and `yyyy-MM-dd` on an
appointment; a client is `ClientNumber` in lists, `ClientId` in profiles and appointments,
`ClientIdNumber` and a GUID `ClientId` on invoices.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from lmhg_stack.canary.tokens import Canary, Person

Object = dict[str, Any]

FIRST_CLIENT_ID = 4711
PRACTICE_ID = "5e10practice0000000000001"
CLINICIANS: tuple[tuple[str, str, str], ...] = (
    ("64aa00000000000000000001", "Dr. Morgan Reyes", "morgan.reyes@lmhg.test"),
    ("64aa00000000000000000002", "Dr. Casey Lindqvist", "casey.lindqvist@lmhg.test"),
    ("64aa00000000000000000003", "Devon Okafor LCSW", "devon.okafor@lmhg.test"),
)
SERVICES: tuple[tuple[str, str, int], ...] = (
    ("5f0e00000000000000000001", "Intake evaluation", 90),
    ("5f0e00000000000000000002", "Follow-up", 60),
    ("5f0e00000000000000000003", "Medication check", 30),
)


def millis(moment: datetime) -> int:
    """Epoch milliseconds."""
    return int(moment.timestamp() * 1000)


def iso(moment: datetime) -> str:
    """The seven-decimals form that IntakeQ writes."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


def opaque_id(canary: Canary, kind: str, number: int) -> str:
    """Twenty-four hexadecimal digits, as IntakeQ's ids are."""
    return canary.digest("id", kind, str(number)).hex()[:24]


def client(person: Person, *, now: datetime) -> Object:
    """A client with its profile."""
    clinician = CLINICIANS[person.number % len(CLINICIANS)]
    insured = person.number % 2 == 0
    return {
        "ClientId": FIRST_CLIENT_ID + person.number,
        "Guid": str(UUID(bytes=person.canary.digest("guid", str(person.number))[:16], version=4)),
        "Name": person.name,
        "FirstName": person.first,
        "MiddleName": "",
        "LastName": person.last,
        "Email": person.email,
        "Phone": person.phone,
        "MobilePhone": person.phone,
        "HomePhone": None,
        "WorkPhone": None,
        "DateOfBirth": person.birth_ms,
        "Gender": "Nonbinary",
        "MaritalStatus": "Single",
        "Tags": ["waitlist"] if person.number % 3 == 0 else [],
        "Archived": False,
        "Address": f"{person.street}, Louisville, KY 40202",
        "UnitNumber": None,
        "StreetAddress": person.street,
        "City": "Louisville",
        "StateShort": "KY",
        "PostalCode": "40202",
        "Country": "US",
        "PractitionerId": clinician[0],
        "AdditionalInformation": f"prefers {person.word('note')}",
        "BillingType": 2 if insured else 1,
        "PrimaryInsuranceCompany": "Invented Mutual" if insured else None,
        "PrimaryInsurancePolicyNumber": person.policy_number if insured else None,
        "PrimaryInsuranceGroupNumber": None,
        "PrimaryInsuranceHolderName": person.name if insured else None,
        "PrimaryInsuranceRelationship": "Self" if insured else None,
        "PrimaryInsuranceHolderDateOfBirth": person.birth_ms if insured else None,
        "DateCreated": millis(now),
        "LastActivityDate": millis(now),
        "LastActivityName": "Created",
        "LastUpdateDate": millis(now),
        "StripeCustomerId": None,
        "SquareCustomerId": None,
        "ExternalClientId": None,
        "CreditBalance": 0.0,
        "ParentClientId": None,
        "LinkedClients": [],
        "CustomFields": [{"FieldId": "ab1c", "Text": "Pronouns", "Value": "they/them"}],
    }


SAME_PERSON = ("Name", "FirstName", "LastName", "Phone", "MobilePhone")
"""What someone types again who books a second time."""


def client_row(profile: Object) -> Object:
    """The short form that a list without `includeProfile` has: another id key."""
    return {
        "ClientNumber": profile["ClientId"],
        "Name": profile["Name"],
        "Email": profile["Email"],
        "Phone": profile["Phone"],
    }


def appointment(
    person: Person, *, number: int, start: datetime, now: datetime, zone: ZoneInfo
) -> Object:
    """A confirmed appointment of a person."""
    clinician = CLINICIANS[number % len(CLINICIANS)]
    service = SERVICES[number % len(SERVICES)]
    made: Object = {
        "Id": opaque_id(person.canary, "appointment", number),
        "ClientName": person.name,
        "ClientEmail": person.email,
        "ClientPhone": person.phone,
        "ClientDateOfBirth": person.birth.isoformat(),
        "ClientId": FIRST_CLIENT_ID + person.number,
        "Status": "Confirmed",
        "Duration": service[2],
        "ServiceName": service[1],
        "ServiceId": service[0],
        "LocationName": "Main",
        "LocationId": "1",
        "Price": 150.0,
        "PractitionerName": clinician[1],
        "PractitionerEmail": clinician[2],
        "PractitionerId": clinician[0],
        "IntakeId": None,
        "DateCreated": millis(now),
        "CreatedBy": "Front Desk",
        "BookedByClient": False,
        "InvoiceId": None,
        "InvoiceNumber": None,
        "ClientNote": f"about {person.word('client-note')}",
        "PractitionerNote": f"watch {person.word('practitioner-note')}",
        "PlaceOfService": "10",
        "TelehealthInfo": None,
        "Procedures": [
            {"ProcedureCode": "90834", "Price": 150.0, "Quantity": 1, "Units": 1, "Modifiers": []}
        ],
        "AttendanceConfirmationResponse": "None",
        "ReminderType": "Email",
        "CustomFields": [],
        "SessionStart": None,
        "SessionEnd": None,
        "ExternalClientId": None,
        "ExternalPractitionerId": None,
        "ExternalServiceId": None,
        "AdditionalClients": [],
        "FullCancellationReason": None,
        "CancellationReasonNote": None,
        "CancellationDate": None,
        "AppointmentPackageId": None,
        "AppointmentPackageName": None,
    }
    move(made, start, now=now, zone=zone)
    return made


def move(made: Object, start: datetime, *, now: datetime, zone: ZoneInfo) -> None:
    """Give an appointment its time, in each of the encodings IntakeQ repeats it in."""
    end = start + timedelta(minutes=int(made["Duration"]))
    local = start.astimezone(zone)
    made.update(
        StartDate=millis(start),
        EndDate=millis(end),
        StartDateIso=iso(start),
        EndDateIso=iso(end),
        StartDateLocal=local.strftime("%Y-%m-%dT%H:%M:%S"),
        EndDateLocal=end.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S"),
        StartDateLocalFormatted=local.strftime("%A, %B %d, %Y %I:%M %p"),
        LastModified=millis(now),
    )


RISK_QUESTION, RISK_ROW = "ab1c-4", "Thoughts of being better off dead"
"""The question that a practice looks at first."""


def intake(person: Person, *, number: int, now: datetime, risk: int = 0) -> Object:
    """A completed intake form with its questions; `risk` is the answer to the last row of the PHQ-9."""
    clinician = CLINICIANS[person.number % len(CLINICIANS)]
    form = opaque_id(person.canary, "intake", number)
    return {
        "Id": form,
        "ClientName": person.name,
        "ClientEmail": person.email,
        "ClientId": FIRST_CLIENT_ID + person.number,
        "Status": "Completed",
        "DateCreated": millis(now - timedelta(hours=1)),
        "DateSubmitted": millis(now),
        "QuestionnaireName": "Adult Intake",
        "QuestionnaireId": "601b00000000000000000001",
        "Practitioner": clinician[2],
        "PractitionerName": clinician[1],
        "PractitionerId": clinician[0],
        "ExternalClientId": None,
        "AppointmentId": None,
        "Questions": _questions(person, risk),
        "ConsentForms": [
            {
                "Id": f"{form[:8]}-c1",
                "Name": "Telehealth consent",
                "DocumentType": "Html",
                "Signed": True,
                "DateSubmitted": millis(now),
            }
        ],
    }


def _questions(person: Person, risk: int) -> list[Object]:
    plain = {"Rows": [], "ColumnNames": [], "OfficeUse": False, "OfficeNote": None}
    plain |= {"ClientProfileFieldId": None, "Attachments": []}
    answers = (
        ("ab1c-1", "What brings you here?", person.word("concern")),
        ("ab1c-2", "Who referred you?", f"{person.word('referrer')} clinic"),
        ("ab1c-3", "Emergency contact", f"{person.word('contact')} {person.phone}"),
    )
    rows: list[Object] = [
        {"Id": key, "Text": text, "Answer": answer, "QuestionType": "OpenQuestion", **plain}
        for key, text, answer in answers
    ]
    matrix = {
        "Id": RISK_QUESTION,
        "Text": "PHQ-9",
        "Answer": None,
        "QuestionType": "Matrix",
        **plain,
    }
    matrix["ColumnNames"] = ["0", "1", "2", "3"]
    matrix["Rows"] = [
        {"Text": "Little interest", "Answers": ["1"]},
        {"Text": RISK_ROW, "Answers": [str(risk)]},
    ]
    return [*rows, matrix]


INTAKE_SUMMARY = (
    "Id", "ClientName", "ClientEmail", "ClientId", "Status", "DateCreated", "DateSubmitted",
    "QuestionnaireName", "QuestionnaireId", "Practitioner", "PractitionerName", "PractitionerId",
    "ExternalClientId", "AppointmentId",
)  # fmt: skip
NOTE_SUMMARY = (
    "Id", "ClientName", "ClientEmail", "ClientId", "Status", "Date", "NoteName",
    "PractitionerEmail", "PractitionerName", "PractitionerId", "AppointmentId",
)  # fmt: skip


def summary(full: Object, names: tuple[str, ...]) -> Object:
    """The fields that a summary list has."""
    return {name: full[name] for name in names}


def note(person: Person, *, number: int, now: datetime, appointment_id: str | None) -> Object:
    """A locked treatment note."""
    clinician = CLINICIANS[number % len(CLINICIANS)]
    body = {"Id": "n-1", "Text": "Assessment", "Answer": person.word("assessment")}
    return {
        "Id": opaque_id(person.canary, "note", number),
        "ClientName": person.name,
        "ClientEmail": person.email,
        "ClientId": FIRST_CLIENT_ID + person.number,
        "Status": "locked",
        "Date": millis(now),
        "NoteName": "Progress note",
        "PractitionerEmail": clinician[2],
        "PractitionerName": clinician[1],
        "PractitionerId": clinician[0],
        "AppointmentId": appointment_id,
        "Questions": [{**body, "QuestionType": "OpenQuestion", "Rows": [], "ColumnNames": []}],
    }
