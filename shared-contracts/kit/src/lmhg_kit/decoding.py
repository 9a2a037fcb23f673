"""Other ways to read a text: as machines encode it, as editors mark it up, as typists space it.

Each way is a text of its own that rules are asked about besides the first. Pure and bounded.
Source: docs/adr/0022.
"""

import binascii
import html
import quopri
import re
from collections.abc import Callable, Iterator
from email.header import decode_header
from urllib.parse import unquote_to_bytes

NESTED_MAX = 3
"""Encodings in one another that are undone; a pasted bounce has two."""
READ_MAX = 20_000
"""Letters that are read in other ways; no contract allows more."""
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_QUOTED = re.compile(r"(?:=(?:[0-9][A-F]|[A-F][0-9A-F]|[0-9]{2}(?=[\w=])))+")
"""Two digits with nothing behind them are a value: page=31."""
_SOFT_BREAK = re.compile(r"=[ \t]*\r?\n")
_WORD_ENCODED = re.compile(r"=\?[\w\-*]{1,40}\?[bBqQ]\?[^?\s]{0,400}\?=(?:\s+(?==\?))?")
_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})|\\u\{([0-9A-Fa-f]{1,6})\}|\\x([0-9A-Fa-f]{2})")
_TAG = re.compile(r"</?[A-Za-z][^<>@]{0,200}>|<!--[^<>]{0,200}-->")
_MOJIBAKE = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]{1,3}"
)
_LETTER = r"[^\W\d_]"
_SPACED = re.compile(rf"(?<![^\W_]){_LETTER}(?:[ .\-_*'\u2019]{{1,3}}{_LETTER}(?![^\W_])){{3,}}")
_NO_LETTER = re.compile(r"[\W_]+")
_EDGES = re.compile(r"((?:[aAI] )?)(.*?)((?: [aAI])?)", re.DOTALL)
_WORD_GAP = re.compile(r"\s{2,}")
_MIXED = re.compile(
    r"(?<![^\W_])(?=[OoQIl|SBZ]*[0-9])(?=[0-9]*[OoQIl|SBZ])[0-9OoQIl|SBZ]+(?![^\W_])"
)
_DIGITS_FOR = str.maketrans("OoQIl|SBZ", "000111582")
_HYPHENATED = re.compile(rf"-(?<={_LETTER}{_LETTER}-)(?={_LETTER}{{2}})")
_HYPHEN_CAPITAL = re.compile(rf"-(?<={_LETTER}-)(?=[A-Z]{_LETTER})")
"""They begin with what is rare, so that a text without it costs nothing."""


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _percent(text: str) -> str:
    return _PERCENT.sub(lambda found: _text(unquote_to_bytes(found.group())), text)


def _quoted(text: str) -> str:
    joined = _SOFT_BREAK.sub("", text)
    return _QUOTED.sub(
        lambda found: _text(quopri.decodestring(found.group().encode("ascii"))), joined
    )


def _encoded_word(found: re.Match[str]) -> str:
    try:
        parts = decode_header(found.group().strip())
        return "".join(
            part if isinstance(part, str) else part.decode(charset or "ascii", "replace")
            for part, charset in parts
        )
    except (LookupError, ValueError, binascii.Error):
        return found.group()


def _escape(found: re.Match[str]) -> str:
    code = int(found[1] or found[2] or found[3], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else found.group()


def _mended(found: re.Match[str]) -> str:
    """UTF-8 that was read as a Western code page, read again."""
    for page in ("cp1252", "latin-1"):
        try:
            return found.group().encode(page).decode("utf-8")
        except UnicodeError:
            continue
    return found.group()


_DECODERS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("=?", lambda text: _WORD_ENCODED.sub(_encoded_word, text)),
    ("%", _percent),
    ("&", html.unescape),
    ("\\", lambda text: _ESCAPED.sub(_escape, text)),
)
"""A sign without which there is nothing to decode, and the decoder."""


_OF_MAIL = (*_DECODERS, ("=", _quoted))
"""Quoted-printable is a reading of its own: an equals sign is in addresses as well."""


def decoded(text: str, *, as_mail: bool = False) -> str:
    """A text with the encodings of mail, web and JSON undone, one in another as well."""
    for _ in range(NESTED_MAX):
        before = text
        for sign, decode in _OF_MAIL if as_mail else _DECODERS:
            if sign in text:
                text = decode(text)
        if not text.isascii():
            text = _MOJIBAKE.sub(_mended, text)
        if text == before:
            break
    return text


def other_readings(text: str, *, has_letters: bool, has_case: bool, is_mixed: bool) -> list[str]:
    """What else a text may say, each once; for most texts nothing.

    Looks that spare work: `has_letters` says whether single letters stand in it, `is_mixed` whether
    a letter is right beside a digit.
    """
    whole = text[:READ_MAX]
    plain = [found for found in _plain(whole) if found != whole]
    others = list(plain)
    for each in (whole, *plain):
        if has_letters or plain:
            others += [_SPACED.sub(_closed, each), _SPACED.sub(_closed_alone, each)]
        if is_mixed or plain:
            others.append(_in_digits(each))
        if "-" in each:
            joint = _HYPHEN_CAPITAL if has_case else _HYPHENATED
            others.append(joint.sub("", each))
    return [each for each in dict.fromkeys(others) if each != text]


def _plain(whole: str) -> Iterator[str]:
    """A text decoded, as mail too, and without its markup."""
    found = decoded(whole)
    yield found
    if "=" in whole:
        yield decoded(whole, as_mail=True)
    if "<" in found and _TAG.search(found):
        yield from (_TAG.sub("", found), _TAG.sub(" ", found))


def _closed(found: re.Match[str]) -> str:
    """A word whole that is written letter by letter."""
    return _whole(found.group())


def _closed_alone(found: re.Match[str]) -> str:
    """The same without a word of one letter before and after it, as in "M i n h a form"."""
    first, text, last = _EDGES.fullmatch(found.group()).groups()  # type: ignore[union-attr] - the shape fits any text
    return f"{first}{_whole(text)}{last}"


def _whole(letters: str) -> str:
    return " ".join(_NO_LETTER.sub("", word) for word in _WORD_GAP.split(letters))


def _in_digits(text: str) -> str:
    """A text with digits for the letters that stand for them among digits."""
    return _MIXED.sub(lambda found: found.group().translate(_DIGITS_FOR), text)
