"""What is in an email: each attachment has exactly one fate, whatever a stranger made of it."""

import base64
import time
from collections import Counter
from email import policy
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.image import MIMEImage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmhg_gateway.features.tray import mail_parts
from lmhg_gateway.features.tray.mail_parts import (
    FILES_MAX,
    INLINE_MAX,
    NAME_MAX,
    Fate,
    Mail,
    read_head,
    read_mail,
)
from lmhg_gateway.features.tray.views import REFUSED

from .mailboxes import email, raw  # noqa: TID252 - beside this file

PDF = b"%PDF-1.7 a paper"


def fates(mail: Mail) -> list[tuple[str, Fate, str | None]]:
    """What became of each attachment."""
    return [(each.name, each.fate, each.why) for each in mail.parts]


def with_head(*lines: str, body: bytes = PDF) -> Mail:
    """An email that is one file by itself, as some scanners send."""
    return read_mail(raw(["Message-ID: <a@b>", *lines], body))


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("name*=utf-8''Brief%20f%C3%BCr%20Anna.pdf", "Brief für Anna.pdf"),
        ("name*0*=utf-8''Brief%20;\r\n name*1=an Anna.pdf", "Brief an Anna.pdf"),
        ('name="=?utf-8?B?QnJpZWYgZsO8cg==?= =?utf-8?Q?_Anna.pdf?="', "Brief für Anna.pdf"),
        ('name="=?no-such-charset?Q?f=C3=BCr.pdf?="', "für.pdf"),
        ('name="=?unicode_escape?Q?=5Cud800.pdf?="', "?.pdf"),
        ("name*=no-such''%C3%BC.pdf", "ü.pdf"),
        ('name="../../etc/passwd.pdf"', "passwd.pdf"),
        ('name="C:\\\\scans\\\\fax.pdf"', "fax.pdf"),
        ('name="a\tb\u202e.pdf"', "a b.pdf"),
        ('name=""', "Attachment"),
        ("x=y", "Attachment"),
    ],
)
def test_name_is_read_however_it_is_written(line: str, name: str) -> None:
    """By RFC 2231, by RFC 2047 though it may not be used there, in a charset that there is not, with a path."""
    assert fates(with_head(f"Content-Type: application/pdf; {line}")) == [(name, Fate.PAPER, None)]


@pytest.mark.parametrize("name", ["für.pdf".encode(), "für.pdf".encode("latin-1")])
def test_name_in_bytes_without_a_charset_is_read(name: bytes) -> None:
    """As UTF-8, or else as Latin-1."""
    head = b'Message-ID: <a@b>\r\nContent-Type: application/pdf; name="' + name + b'"\r\n\r\n'
    assert fates(read_mail(head + PDF)) == [("für.pdf", Fate.PAPER, None)]


def test_long_name_keeps_its_ending() -> None:
    """However long it is."""
    [part] = with_head(f'Content-Type: application/pdf; name="{"x" * 900}.pdf"').parts
    assert len(part.name) == NAME_MAX
    assert part.name.endswith(".pdf")


def test_sender_and_subject_are_text_of_one_line() -> None:
    """Encoded in pieces, folded, in the clear: all end as one line."""
    head = [
        "From: =?utf-8?Q?Dr=2E_=C3=96ko?= <fax@oeko.test>",
        "Subject: =?utf-8?B?RmF4IGbDvHI=?=\r\n Anna",
    ]
    mail = read_mail(raw(head, b"Hello"))
    assert (mail.sender, mail.subject) == ("Dr. Öko <fax@oeko.test>", "Fax für Anna")
    assert fates(mail) == [("Fax für Anna", Fate.REFUSED, "mail_empty")]


def signed(picture: bytes, *, cid: str = "logo", html: str = '<img src="cid:logo">') -> Mail:
    """An email with a paper, and with a picture that its text may show."""
    made = MIMEMultipart("mixed")
    related = MIMEMultipart("related")
    related.attach(MIMEText(html, "html"))
    image = MIMEImage(picture, "png", name="image001.png")
    image["Content-ID"] = f"<{cid}>"
    related.attach(image)
    made.attach(related)
    made.attach(MIMEApplication(PDF, "pdf", name="fax.pdf"))
    return read_mail(made.as_bytes())


def test_picture_of_a_signature_is_no_paper() -> None:
    """Only a small one, and only when the email's text shows it."""
    assert fates(signed(b"\x89PNG small"))[0][1] is Fate.NO_PAPER
    assert fates(signed(b"\x89PNG small", html="<p>Hello</p>"))[0][1] is Fate.PAPER
    assert fates(signed(b"\x89PNG small", cid="other"))[0][1] is Fate.PAPER
    assert fates(signed(b"\x89PNG" + bytes(INLINE_MAX)))[0][1] is Fate.PAPER
    assert (
        fates(signed(b"\x89PNG", cid="lo go", html="<img src='CID:lo%20go'>"))[0][1]
        is Fate.NO_PAPER
    )


def test_email_that_is_only_a_signature_says_that_it_has_no_file() -> None:
    """Nothing is lost without a word."""
    made = MIMEMultipart("related")
    made.attach(MIMEText('<img src="cid:x">', "html"))
    image = MIMEImage(b"\x89PNG", "png")
    image["Content-ID"] = "<x>"
    made.attach(image)
    assert [each[2] for each in fates(read_mail(made.as_bytes()))] == [None, "mail_empty"]


def test_forwarded_email_is_opened_once() -> None:
    """One inside it is refused with a reason, and so is nothing else of it."""
    deep = EmailMessage(policy=policy.SMTP)
    deep["Subject"] = "The innermost"
    deep.set_content("x")
    inner = MIMEMultipart()
    inner["Subject"] = "Inside"
    inner.attach(MIMEApplication(PDF, "pdf", name="inner.pdf"))
    inner.attach(MIMEMessage(deep))
    outer = MIMEMultipart()
    outer.attach(MIMEMessage(inner))
    outer.attach(MIMEApplication(PDF, "pdf", name="outer.pdf"))
    assert fates(read_mail(outer.as_bytes())) == [
        ("inner.pdf", Fate.PAPER, None),
        ("The innermost", Fate.REFUSED, "mail_nested"),
        ("outer.pdf", Fate.PAPER, None),
    ]


def test_forwarded_email_that_is_encoded_as_a_file_is_opened_too() -> None:
    """It may not be, and some programs do it."""
    inner = base64.encodebytes(email(("inner.pdf", PDF)))
    mail = with_head(
        "Content-Type: message/rfc822", "Content-Transfer-Encoding: base64", body=inner
    )
    assert fates(mail) == [("inner.pdf", Fate.PAPER, None)]


def test_seal_of_an_email_is_no_paper_and_a_secret_one_is_refused() -> None:
    """S/MIME and PGP: what proves, and what hides."""
    made = MIMEMultipart("signed")
    made.attach(MIMEApplication(PDF, "pdf", name="fax.pdf"))
    made.attach(MIMEApplication(b"seal", "pkcs7-signature", name="smime.p7s"))
    assert [each[1] for each in fates(read_mail(made.as_bytes()))] == [Fate.PAPER, Fate.NO_PAPER]
    assert fates(with_head("Content-Type: application/pkcs7-mime"))[0][2] == "mail_secret"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"no header at all",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a",
        b"Content-Type: message/rfc822\r\n\r\n",
        b"Content-Type: ;;;\r\nContent-Disposition: ;filename\r\n\r\nx",
        b"Content-Type: text/plain; charset=\xff\xfe\r\nSubject: =?utf-8?B?!!!?=\r\n\r\n\xff",
        b"Message-ID: \xff\r\nFrom: \x00\r\n\r\n",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
        + b"--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n" * 3000,
        b"".join(
            b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n)
            for n in range(2000)
        ),
        b"Content-Type: message/rfc822\r\n\r\n" * 3000,
    ],
)
def test_broken_email_is_one_line_or_more_and_never_a_failure(body: bytes) -> None:
    """Each has a reason that has a sentence, and it takes no long time."""
    began = time.monotonic()
    kept = read_mail(body).kept
    assert time.monotonic() - began < 20
    assert kept
    assert all(part.fate is Fate.REFUSED and part.why in REFUSED for _, part in kept)


def test_thousands_of_attachments_are_bounded_and_said() -> None:
    """Those that fit come in; one line speaks for the others."""
    made = MIMEMultipart()
    for n in range(4000):
        made.attach(MIMEApplication(PDF + b" %d" % n, "pdf", name=f"{n}.pdf"))
    mail = read_mail(made.as_bytes())
    assert [each.why for _, each in mail.kept] == [None] * FILES_MAX + ["mail_many"]


def test_mark_tells_bytes_and_turn_and_nothing_of_the_way_that_they_came() -> None:
    """The same file twice in an email is two papers; the same email by another way has the same marks."""
    sent = email(("a.pdf", PDF), ("b.pdf", PDF), message_id="<x@y>")
    marks = [mark for mark, _ in read_mail(sent).kept]
    assert len(set(marks)) == 2
    assert [mark for mark, _ in read_mail(b"Received: elsewhere\r\n" + sent).kept] == marks
    other = email(("a.pdf", PDF + b"!"), message_id="<x@y>")
    assert not {mark for mark, _ in read_mail(other).kept} & set(marks)
    assert read_head(b"Message-ID: <x@y>\r\n", size=7).kept != read_head(b"", size=7).kept


KINDS = st.sampled_from(["pdf", "zip", "empty", "logo", "seal", "email", "deep", "bad_name"])


@st.composite
def emails(draw: st.DrawFn) -> tuple[bytes, Counter[Fate]]:
    """An email with attachments of every kind, in any nesting, and what has to become of each."""
    wanted: Counter[Fate] = Counter()
    made, cids = MIMEMultipart(boundary="outer"), list[str]()
    boxes = [made]
    for n, kind in enumerate(draw(st.lists(KINDS, max_size=12))):
        into = boxes[draw(st.integers(0, len(boxes) - 1))]
        if draw(st.booleans()):
            boxes.append(inner := MIMEMultipart("mixed", f"box{n}"))
            into.attach(inner)
        data = b"%PDF-1.7 " + draw(st.binary(max_size=40)) + b"%d" % n
        if kind == "logo":
            part = MIMEImage(b"\x89PNG" + data, "png")
            part["Content-ID"] = f"<{n}>"
            cids.append(str(n))
            wanted[Fate.NO_PAPER] += 1
        elif kind == "seal":
            part = MIMEApplication(data, "pgp-signature")
            wanted[Fate.NO_PAPER] += 1
        elif kind in {"zip", "empty"}:
            part = MIMEApplication(b"PK\x03\x04" + data if kind == "zip" else b"")
            wanted[Fate.REFUSED] += 1
        elif kind == "email":
            part = MIMEMessage(_one(data))
            wanted[Fate.PAPER] += 1
        elif kind == "deep":
            part = MIMEMessage(_one(data, MIMEMessage(_one(data))))
            wanted += Counter({Fate.PAPER: 1, Fate.REFUSED: 1})
        else:
            part = MIMEApplication(data, "pdf")
            name = draw(st.text(st.characters(codec="latin-1", exclude_characters='\r\n"\\')))
            part.add_header("Content-Disposition", "attachment", filename=("latin-1", "", name))
            wanted[Fate.PAPER] += 1
        into.attach(part)
    made.attach(MIMEText("".join(f'<img src="cid:{each}">' for each in cids), "html"))
    if not wanted[Fate.PAPER] + wanted[Fate.REFUSED]:
        wanted[Fate.REFUSED] += 1  # the line that says that there is no file
    return made.as_bytes(), wanted


def _one(data: bytes, *more: MIMEMessage) -> MIMEMultipart:
    inner = MIMEMultipart(boundary=f"inner{len(more)}")
    inner.attach(MIMEApplication(data + b" inside", "pdf", name="inner.pdf"))
    for each in more:
        inner.attach(each)
    return inner


@given(emails())
@settings(max_examples=150, deadline=None)
def test_every_attachment_has_exactly_one_fate(made: tuple[bytes, Counter[Fate]]) -> None:
    """None is forgotten and none counted twice; what the tray shows has a mark each, the same each time."""
    sent, wanted = made
    mail = read_mail(sent)
    assert Counter(each.fate for each in mail.parts) == wanted
    marks = [mark for mark, _ in mail.kept]
    assert len(set(marks)) == len(marks) == wanted[Fate.PAPER] + wanted[Fate.REFUSED]
    assert [mark for mark, _ in read_mail(sent).kept] == marks
    assert all(each.why in REFUSED for each in mail.parts if each.fate is Fate.REFUSED)


@given(st.binary(max_size=600) | emails().flatmap(lambda made: st.just(made[0])), st.data())
@settings(max_examples=150, deadline=None)
def test_torn_and_mixed_up_email_is_still_read(sent: bytes, data: st.DataObject) -> None:
    """Cut anywhere, with bytes of someone else in it: a line at the least, and no failure."""
    cut = data.draw(st.integers(0, len(sent)))
    torn = sent[:cut] + data.draw(st.binary(max_size=20)) + sent[cut + 3 :]
    kept = read_mail(torn).kept
    assert kept
    assert len({mark for mark, _ in kept}) == len(kept)
    assert mail_parts.read_head(torn, size=len(torn)).kept[0][1].why == "mail_large"
