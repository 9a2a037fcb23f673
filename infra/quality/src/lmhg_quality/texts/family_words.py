"""Names, streets and sentences that the families of texts are written with; all invented or everyday."""

VIETNAMESE = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
]
VIET_GIVEN = [
    "Thị",
    "Văn",
    "Minh",
    "Thu",
    "Hương",
    "Khai",
    "Lan",
    "Tuấn",
    "Anh",
    "Phương",
    "Hải",
    "Bích",
    "Ngọc",
    "Quang",
]
ONE_WORD = [
    "Sutarno",
    "Widodari",
    "Thandar",
    "Megawanti",
    "Zarathel",
    "Khinmyat",
    "Sukarwati",
    "Aungthein",
    "Rukmanto",
    "Prabhakar",
]
UMLAUTS = (
    ("Müllner", "Muellner"), ("Schröter", "Schroeter"), ("Jägersberg", "Jaegersberg"), ("Büchling", "Buechling"),
    ("Østervang", "Oestervang"), ("Åkerblom", "Aakerblom"), ("Kjærgård", "Kjaergaard"), ("Fröhling", "Froehling"),
    ("Weißkopf", "Weisskopf"), ("Hößler", "Hoessler"), ("Çelikoğlu", "Celikoglu"), ("Wójtowicz", "Wojtowicz"),
    ("Łaskarz", "Laskarz"), ("Đurović", "Durovic"), ("K\u0131l\u0131\u00e7soy", "Kilicsoy"), ("Nuñeda", "Nuneda"),
)  # fmt: skip
FAMILY_HAN, GIVEN_HAN = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林",
    "小明华丽芳伟强敏静磊洋艳勇杰娟涛超霞平桂",
)
DOUBLE = (("Ann", "Marie"), ("Mary", "Beth"), ("Jean", "Paul"), ("Lee", "Ann"), ("Jo", "Ellen"), ("John", "Mark"), ("Anna", "Lisa"),
          ("Rose", "Marie"), ("Sue", "Ellen"), ("Billie", "Jean"), ("Carol", "Ann"), ("Maria", "Elena"))  # fmt: skip
EVERYDAY_GIVEN = ("Will", "Grace", "Mark", "Rose", "May", "Hope", "Grant", "Bill", "Faith", "Joy", "Dawn", "Chase", "Rich", "Frank",
                  "Pat", "Sue", "Rob", "Drew", "Art", "Gene", "June", "Ivy", "Summer", "Josh")  # fmt: skip
"""First names that are everyday words, so that capitals are what tells them."""
SPELLINGS = (
    ("Mohammed", "Mohamed"), ("Muhammad", "Mohammad"), ("Elizabeth", "Elisabeth"), ("Sarah", "Sara"), ("Sara", "Sarah"),
    ("Catherine", "Katherine"), ("Kathryn", "Cathryn"), ("Jon", "John"), ("Brian", "Bryan"), ("Steven", "Stephen"),
    ("Geoffrey", "Jeffrey"), ("Ann", "Anne"), ("Hannah", "Hanna"), ("Rachel", "Rachael"), ("Philip", "Phillip"),
    ("Allison", "Alison"), ("Marc", "Mark"), ("Erik", "Eric"), ("Carl", "Karl"), ("Zoe", "Zoey"), ("Isabel", "Isabelle"),
    ("Teresa", "Theresa"), ("Matthew", "Mathew"), ("Deborah", "Debra"), ("Lindsay", "Lindsey"), ("Aiden", "Aidan"),
    ("Caitlin", "Kaitlin"), ("Vivian", "Vivien"), ("Alan", "Allen"), ("Jaclyn", "Jacklyn"), ("Nicholas", "Nicolas"),
)  # fmt: skip
SPELLINGS_LATER = (
    ("Kristen", "Kristin"), ("Tracy", "Tracey"), ("Meghan", "Megan"), ("Laurie", "Lori"), ("Kelly", "Kelley"), ("Bobbie", "Bobby"),
    ("Terri", "Terry"), ("Jamie", "Jaime"), ("Lillian", "Lilian"), ("Madeline", "Madeleine"), ("Antony", "Anthony"),
    ("Abigail", "Abigale"), ("Emanuel", "Emmanuel"), ("Francis", "Frances"), ("Micheal", "Michael"), ("Hailey", "Haley"),
    ("Katelyn", "Caitlyn"), ("Brooke", "Brook"), ("Claire", "Clare"), ("Leila", "Layla"), ("Vanesa", "Vanessa"),
    ("Yasmin", "Jasmine"), ("Natalia", "Nathalia"), ("Aaron", "Aron"), ("Cheryl", "Sheryl"), ("Danielle", "Daniele"),
)  # fmt: skip
"""Written down before the rules were first tried on them. Pairs that were missed then were looked at and
mended, so these are not unseen any more."""
SHORT = (("Leopold", "Leo"), ("Maximilian", "Max"), ("Guadalupe", "Lupita"), ("Alexander", "Alex"), ("Benjamin", "Ben"),
         ("Josephine", "Jo"), ("Theodore", "Theo"), ("Gabriella", "Gabby"), ("Nathaniel", "Nate"), ("Christopher", "Chris"))  # fmt: skip
STREETS = [
    "Wexcombe",
    "Aldermoor",
    "Quillbrook",
    "Fennimore",
    "Thistledown",
    "Harrowgate",
    "Marlowe",
    "Brackenfield",
]
STREET_KINDS = (
    ("Avenue", "Ave"),
    ("Street", "St."),
    ("Road", "Rd"),
    ("Lane", "Ln"),
    ("Drive", "Dr"),
)
PARTICLES = (("de la Crus", "Dela Crus"), ("McAlder", "Mc Alder"), ("O'Bannick", "OBannick"), ("van der Holm", "Vanderholm"),
             ("D'Averly", "DAverly"), ("Mac Fennel", "MacFennel"), ("St. Orwin", "St Orwin"))  # fmt: skip
ILLNESSES = [
    "bipolar disorder",
    "PTSD",
    "major depression",
    "ADHD",
    "OCD",
    "an eating disorder",
    "panic disorder",
]
IT_CLEAN = """Printer 502 on the second floor is out of paper again.
GET /tickets?page={n}&sort=%2Dcreated took {n2} ms.
Error &lt;timeout&gt; at {time}, code 0x{hexa}.
{{"ts":17643{serial},"level":"warn","pid":{n2}}} shows up each minute.
The file budget_{year}_04_0{q}.xlsx is locked by another user.
The mail says =?utf-8?q?Newsletter=20of=20the=20month?= in its subject.
Use <b>Ctrl+P</b> and choose tray {n}.
S/N 5CD{serial}XYZ needs a new battery.
Row A B C D of the sheet is hidden.
Does form F{n}.{q} load for you? They were asked to test it.
The intranet is at https://intranet.example/a%20b?x={n}&y={n2}.
Model SS-{n2} of the scanner, firmware {version}, ships in May.
PLEASE MARK YOUR CALENDARS: THE LONG LUNCH IS ON {weekday}.
we will price new chairs and may order them by {date}.
Walk-in hours and follow-up calls move to {weekday}.
Wi-Fi in Room 5O2 drops at {time}.
The patient portal asks for an ID twice.
MRN is the wrong column for this report.
The 23rd of May works for the all-hands.
Zone {n}, rack {n2}, port {q}: no link light.
1,234,567 page views, {n} of them from bots.""".splitlines()
"""Clean sentences that have what disguises are made of, and name nobody."""
