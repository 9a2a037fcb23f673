"""Sentences beside those that the rules were tuned on. What two looks missed in them was read and mended."""

CARRIERS = {
    "name": """The consent of {x} is unsigned.
Who has {x} on Thursday?
Room change for {x}: use the small office.
{x} asked about parking and about the bill.
We owe {x} a refund of 20 dollars.
Good morning, {x} is at the door and nobody opens.
Interpreter needed for {x}, Spanish.
The questionnaire from {x} came back empty.
Letter returned to sender: {x}.
Could you unlock the account of {x}?
{x} left an umbrella here.
Note to self - ring {x} about the form.
Telehealth link does not work on the phone {x} uses.
Mother of {x} called twice.""",
    "phone": """Please try {x}, the other line is dead.
Missed call from {x} at lunch.
The text blast skipped {x}.
Who knows whose number {x} is?
Send the link to {x} by text.""",
    "e-mail": """Two copies went to {x}.
{x} is not getting our reminders.
Can IT whitelist {x}?
Receipt was mailed to {x} already.""",
    "birth date": """The system says too young, entered {x}.
Born {x}, so the minor form applies.
Birthday on file: {x}.
Typed {x} and got an error.
Age check with {x} gives the wrong answer.""",
    "record number": """Chart {x} has two notes open.
Cannot merge {x}.
The invoice refers to {x}.""",
}
CLEAN = """The water cooler on floor {n} leaks again.
{staff} covers the phones over lunch on {weekday}.
Parking passes for {year} are at the front desk; see {staff_first}.
All clinicians: please lock your notes by {date}.
The {room} Room projector needs a new bulb.
Does anybody have a long HDMI cable to lend?
Our internet provider changes on {date}. Expect short outages after {time}.
{rep} of {vendor} will train us on the new phones on {date}.
Please welcome our summer intern, {staff}.
The security camera on {street} Street was moved.
New snacks! Green apples, white chocolate, and black coffee.
Please do not prop the side door open in winter.
The retreat is at the Hill Country Inn in {city}, {date}.
Supervision group with Dr. {staff_last} moves to {time}.
Lost: a small silver ring, near the copy room on page day.
The handbook, page {n}, says to park on King Street.
Anyone up for a walk in the park at {time}?
The fire marshal comes on {weekday}. Keep the hall clear.
Password rules: at least {n2} characters, no birthdays.
Ticket {serial} was closed by mistake; please reopen.
The printer on the west side prints blank pages, model {model}.
{author}'s podcast on {topic} is worth your time.
Webinar: {topic} and sleep, {date}, {time}.
{measure} scoring sheets are in the white binder.
We are out of brown envelopes and rich text paper.
Rose from the flower shop brings the lobby flowers on {weekday}.
Grant application for the {topic} program is due {date}.
The grant pays for {n} seats. First come, first served.
Can I swap my {weekday} shift with {staff_first}?
{staff_first} and {staff_first2} share office {n} from {date} on.
Insurance update: the payer portal is down until {date}.
{vendor} sent invoice {serial} for {big} dollars.
Change of plan: the training is online, code {zoom}.
Please set the heat to {n2} when you leave.
The practice line {office_phone} rings in room {n} now.
Fax cover sheets must show {office_phone}.
Will somebody please price out new chairs for the waiting room?
The may-not-return list of library books is by the door.
Holiday schedule: closed {date}, open the day after.
Best of luck to {staff_first}, who takes the license exam on {date}.
Long weekend ahead! The office is closed on Monday.
Laptop {serial} went to {staff_mail}.
The ADHD group reads chapter {n}, pages {n} to {n2}.
Please use form {n}.{n2} from {year}, not the old one.
Ask {staff_initial} about the key box.
Strong winds knocked down the sign on {street} Road.
New rule in billing: F41.1 and F43.10 need a second code.
The {drug} study closes on {date}.
Lunch on {weekday} is from {deli}, thanks to {vendor}.
A field on the form is too short: street and number do not fit.""".splitlines()
