"""Sentences of this product's daily life: announcements, tickets, calendar entries, talk about IT."""

from random import Random

from lmhg_quality.texts.clients import FREQUENT, GIVEN, Colleague

CARRIERS = {
    "name": """{x} could not open the intake form this morning.
The portal link for {x} has expired.
Please call {x} back before noon.
Can somebody add {x} to the waitlist?
{x} cancelled; the slot at 3 is free.
Scanned paperwork of {x} landed in the wrong folder.
Printer jam while printing the consent for {x}, it needs to be done again.
The telehealth room dropped twice with {x} today.
Double booking: {x} and the staff meeting are both at 10:30.
Who spoke to {x} yesterday? Nothing is written down.
Re: billing question from {x}
Superbill for {x} shows the wrong code.
I left the chart for {x} on the copier.
IntakeQ shows {x} twice.
voicemail from {x}, wants a call after work
The reminder text went to {x} in the wrong language.
Insurance card of {x} is unreadable, ask again please.
FYI {x}
Appointment Tuesday 2pm: {x}
The door code was given to {x} by mistake.""",
    "phone": """Call back at {x} please.
The fax went to {x} and not to us.
Voicemail this morning, number was {x}, no name left.
Caller ID said {x}.
Texts to {x} bounce.
new contact: {x}
She asked that we use {x} from now on.
Reminder calls to {x} fail since the update.""",
    "e-mail": """The invitation to {x} bounced.
Please resend the form to {x} today.
Portal login locked for {x}.
Mail from {x} is in the spam folder.
cc {x} on the answer
New address: {x}
The calendar invite was sent to {x} by mistake.""",
    "birth date": """The form rejects {x} as a birth date.
DOB {x} does not match what the insurer has.
Date of birth on the card is {x}.
Search by {x} finds nobody.
The merge shows {x} twice.
It says {x} on the old intake, is that right?
Wrong date in the system, should be {x}.
verification failed with {x}""",
    "record number": """IntakeQ record {x} cannot be opened.
Sync error for {x}.
Duplicate of {x}, please merge.
The export stops at {x}.
Ticket from the vendor quotes {x}.""",
}
CLEAN = """The parking lot is closed on {weekday}; please park on {street} Street.
In May we move the all-staff lunch to the {room} Room.
{staff} may be late on {weekday}, please cover the front desk.
Dr. {staff_last} is out until {date}.
{staff_first} will lead the {weekday} training, {staff_first2} takes notes.
The price list on page {n} is wrong; the new prices start in May.
A long day: the server was down from {time} to {time2}.
Please print the brown cover page, not the white one, for the {room} binder.
Young adults group moves to {weekday}s at {time}.
Black Friday hours: we close at {time}.
King Day is a holiday; the office opens again on {weekday}.
The new bell at the back door rings twice, one long and one short.
Could somebody check why page {n} of the handbook prints green?
The heat in the hall is off; facilities will look at it by {date}.
Hope everybody had a good rest. The rose garden behind the building is open again.
Grace period for timesheets ends {date}.
{vendor} will be here {weekday} at {time} to service the copier.
Our account at {vendor} is #{serial}; the rep is {rep}.
{rep} from {vendor} asks for the invoice of {date}.
Call the help line at {office_phone}, extension {n}.
The fax number on the letterhead is wrong, it must be {office_phone}.
Vendor support: {office_phone}, case {serial}.
Wi-Fi password changes on {date}; see page {n} of the guide.
My laptop shows error 0x{hexa} after the update to version {version}.
The VPN drops at {time} every day. IP {ip}, router model {model}.
Outlook asks for my password over and over since {date}.
Please order {n} boxes of paper, item {serial}, from {vendor}.
Training: {measure} for beginners, {date}, {time}, {room} Room.
We offer the {measure} in Spanish now; forms are in the green cabinet.
Book club reads {author} this month.
New on the shelf: a workbook by {author}.
{author} speaks at the conference in {city} on {date}.
Reminder: CPR cards expire on {date}. Sign up on page {n}.
License renewals are due {date}; send yours to {staff_mail}.
Send questions to {staff_mail} or stop by room {n}.
{staff} has moved to office {n}, next to the kitchen.
Welcome {staff}, who joins the front desk on {date}!
Thank you {staff_first} and {staff_first2} for the potluck.
Please mark your calendar: staff picnic at {street} Park, {date}.
The office address is {number} {street} Street, Suite {n}.
Mail for us goes to {number} {street} Avenue by mistake; the post office knows.
The {drug} handout is out of date; use the one from {year}.
Reading list on {topic}: see the library.
Policy {n}.{n2} on {topic} changed; please read it by {date}.
The copier in the hill wing wants black toner, part {serial}.
Can I have a second monitor? The old one flickers white and green.
Zoom link for supervision: meeting id {zoom}.
Agenda: 1. budget, 2. parking, 3. the {topic} workshop, 4. any other business.
Winter hours start {date}: {time} to {time2}.
We will price two new couches; {vendor} has them in brown or gray.
The field trip on {weekday} leaves from the west door at {time}.
Somebody left a blue umbrella and a set of keys in the {room} Room.
Fire drill on {date} at {time}. Use the stairs on the {street} Street side.
Flu shots in the break room, {weekday} {time}. Bring your card.
Mark the case as closed when the fields are filled in.
Will May work for the retreat, or is June better?
Parents of new hires' children may park on the hill.
Reset my MFA please, I have a new phone. Staff id {n}{n2}.
The calendar shows {staff_first}'s out-of-office block twice.
I cannot open the shared drive (path H:/forms/{year}/page{n}).
Who has the key to the supply closet? {staff_first} had it on {weekday}.
Interpreter services: {office_phone}, our code is {n}{n2}{n}.
The practice was founded on {past} and has grown every year since.
The elevator certificate is from {past}; the inspection is due {date}.
{city} office: please use the side door on {street} Road.
Groups for {topic} start on {date}; the waitlist form is on page {n}.
Q{q} numbers: {big} visits, {n} % no-shows, {n2} new referrals.
{staff_initial} approved the new budget line.
Clients with {topic} in general do better with the short form, the research says.
Patient portal maintenance on {date} from {time} to {time2}.
How do I enter a diagnosis code in IntakeQ? The field is gray.
The ICD update adds F32.A to the list of codes; billing has been told.
Case #{serial} with {vendor} is closed.
On call this week: {staff}, {office_phone}.
Cook's day off is {weekday}; order lunch from {deli}.
Love the new chairs! Where were they bought?
The west wing gets fresh paint: walls in white, doors in gray.
Street cleaning on {street} Street from {time}; move your cars.
Christmas party on {date}; {staff_first} books the band.
Short survey, {n} questions, from the training committee.
Power goes off for service on {weekday} at {time}; save your work.
Good news: the best practice award goes to the {room} team.""".splitlines()
OUTSIDERS = [
    "Albrecht",
    "Bancroft",
    "Caldwell",
    "Dickerson",
    "Emmerich",
    "Farnsworth",
    "Gallego",
    "Hutchins",
    "Isaksen",
    "Jankowski",
    "Kirkland",
    "Lombardi",
    "Mukherjee",
    "Norwood",
    "Ogden",
    "Pfeiffer",
    "Quintero",
    "Rutherford",
    "Stapleton",
    "Tremblay",
    "Ulrich",
    "Vickers",
    "Whitlock",
    "Yates",
    "Ziegler",
    "Li",
    "Kim",
    "May",
    "Young",
    "Haddad",
    "Rasmussen",
    "Lindqvist",
    "Li",
    "Wu",
    "Stone",
    "Fox",
]
"""Surnames of people outside; a few are clients' too, as it happens."""
ROOMS = ("Rose", "Hope", "Lake", "Park", "Green", "Hill", "Maple", "Cedar", "Grace", "Sunrise")
STREETS = (
    "Park",
    "Hill",
    "Main",
    "Oak",
    "King",
    "Church",
    "Mill",
    "Rose",
    "Bell",
    "Lincoln",
    "Jackson",
    "Washington",
    "Madison",
    "Adams",
    "Franklin",
    "Long",
    "Taylor",
    "Parker",
    "Lee",
)
VENDORS = ("Johnson Controls", "Brown & Brown", "Ricoh", "Dell", "Brother", "Staples", "Clark Heating", "Young Office Supply", "Miller Electric",
           "Comcast Business", "Cook Plumbing", "Price Printing", "White Glove Cleaning", "Parker Systems", "Green Thumb", "Bell Security", "Thompson Hardware")  # fmt: skip
MEASURES = (
    "Beck Depression Inventory",
    "PHQ-9",
    "GAD-7",
    "Hamilton Rating Scale",
    "Young Mania Rating Scale",
    "Myers-Briggs",
    "Conners scales",
    "Wechsler test",
    "Motivational Interviewing",
    "CPT",
)
AUTHORS = (
    "Brené Brown",
    "Irvin Yalom",
    "Marsha Linehan",
    "Bessel van der Kolk",
    "Carl Rogers",
    "Judith Beck",
    "Dan Siegel",
    "Kay Jamison",
    "Susan Johnson",
    "Aaron Beck",
    "Steven Hayes",
)
DRUGS = (
    "sertraline",
    "Prozac",
    "lithium",
    "Abilify",
    "Wellbutrin",
    "melatonin",
    "Adderall",
    "Ativan",
    "Seroquel",
    "naltrexone",
)
TOPICS = (
    "grief",
    "anger",
    "ADHD",
    "PTSD",
    "anxiety",
    "sleep",
    "burnout",
    "autism",
    "trauma",
    "couples work",
    "depression",
    "family conflict",
    "self care",
    "mandated reporting",
)
CITIES = (
    "Austin",
    "Madison",
    "Jackson",
    "Lincoln",
    "Houston",
    "Portland",
    "Denver",
    "Charlotte",
    "Paris",
    "Columbus",
)
DELIS = ("Wendy's", "Rosie's Deli", "the corner shop", "Jimmy John's", "Long Wok", "Papa Murphy's")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
OFFICE_PHONES = (
    "(206) 555-0100",
    "206.555.0142",
    "1-800-555-0199",
    "+1 312 555 0123",
    "800 555 0170",
)


def _date(random: Random, year: int) -> str:
    month, day = random.randint(1, 12), random.randint(1, 28)
    name = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ][month - 1]
    return random.choice(
        (f"{month}/{day}/{year}", f"{year}-{month:02}-{day:02}", f"{name} {day}", f"{name} {day}, {year}", f"{month}/{day}/{year % 100}",
         f"{day} {name} {year}", f"{month}/{day}", f"{day}.{month:02}.{year}")
    )  # fmt: skip


def _time(random: Random) -> str:
    return random.choice(
        (
            f"{random.randint(7, 19)}:{random.choice(('00', '15', '30', '45'))}",
            f"{random.randint(1, 11)} {random.choice(('am', 'pm'))}",
        )
    )


def fill(sentence: str, random: Random, colleagues: list[Colleague], taken: set[str]) -> str:
    """A clean sentence with its gaps filled; nobody in it is a client."""
    one, two = random.sample(colleagues, 2)
    rep = ""
    while not rep or rep in taken:
        rep = f"{random.choice(GIVEN)} {random.choice(random.choice((FREQUENT, OUTSIDERS)))}"
    gaps = {
        "weekday": random.choice(WEEKDAYS), "street": random.choice(STREETS), "room": random.choice(ROOMS), "vendor": random.choice(VENDORS),
        "measure": random.choice(MEASURES), "author": random.choice(AUTHORS), "drug": random.choice(DRUGS), "topic": random.choice(TOPICS),
        "city": random.choice(CITIES), "deli": random.choice(DELIS), "office_phone": random.choice(OFFICE_PHONES), "rep": rep,
        "staff": f"{one.given} {one.surname}", "staff_last": one.surname, "staff_first": one.given, "staff_first2": two.given,
        "staff_initial": f"{one.given} {one.surname[0]}.", "staff_mail": f"{one.given}.{one.surname}@lmhg.example".lower(),
        "n": random.randint(2, 98), "n2": random.randint(10, 99), "q": random.randint(1, 4), "number": random.randint(100, 9900),
        "big": f"{random.randint(1, 9)},{random.randint(100, 999)}", "serial": str(random.randint(10_000, 99_999_999)),
        "hexa": f"{random.randrange(2**32):08x}", "version": f"{random.randint(1, 20)}.{random.randint(0, 9)}.{random.randint(0, 4000)}",
        "ip": f"10.{random.randint(0, 255)}.{random.randint(0, 255)}.{random.randint(1, 254)}", "model": f"RX-{random.randint(100, 9999)}",
        "zoom": f"{random.randint(800, 999)} {random.randint(1000, 9999)} {random.randint(1000, 9999)}",
        "date": _date(random, random.randint(2025, 2027)), "past": _date(random, random.randint(1998, 2023)), "year": random.randint(2019, 2026),
        "time": _time(random), "time2": _time(random),
    }  # fmt: skip
    return sentence.format(**gaps)
