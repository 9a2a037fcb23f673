"""One spelling for each of the many ways to write the same: screening and search compare by it.

Pure. What is folded: case, accents, letters that do not decompose, look-alikes of other scripts,
apostrophes, dashes, digits of other scripts, and what nobody sees. Source: docs/adr/0022.
"""

import re
import unicodedata

_LOOKALIKES = dict(
    zip(
        "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0430\u0435\u0455\u0456\u0458\u043e\u0440\u0441\u0443\u0445\u043a\u043c\u0442\u043d\u0432\u0251\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03b1\u03bf\u03b9\u03bd\u03c4\u03c5\u03c1\u03ba\u03c7",
        "ABESIJKMHOPCTYXaesijopcyxkmthbaABEZHIKMNOPTYXaoivtupkx",
        strict=True,
    )
)
"""Cyrillic and Greek letters that look Latin; after compatibility folding, accents gone."""
_SPELLED = {
    "\u00df": "ss", "\u1e9e": "SS", "\u00e6": "ae", "\u00c6": "AE", "\u0153": "oe", "\u0152": "OE", "\u00f8": "o", "\u00d8": "O",
    "\u0142": "l", "\u0141": "L", "\u0111": "d", "\u0110": "D", "\u00f0": "d", "\u00d0": "D", "\u00fe": "th", "\u00de": "Th", "\u0131": "i",
    "\u0127": "h", "\u0126": "H", "\u014b": "ng", "\u014a": "NG", "\u0167": "t", "\u0166": "T", "\u0138": "k", "\u0259": "e", "\u018f": "E",
    "\u0253": "b", "\u0181": "B", "\u0257": "d", "\u018a": "D", "\u0199": "k", "\u0198": "K", "\u01b4": "y", "\u01b3": "Y", "\u0268": "i",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\uff20": "@", "\u2022": ".", "\u00b7": ".", "\u2044": "/", "\u2215": "/", "\u29f8": "/",
}  # fmt: skip
"""Letters and signs that do not decompose, in plain ones."""
_APOSTROPHES = dict.fromkeys(
    map(
        ord,
        "`\u00b4\u02b9\u02bb\u02bc\u02bd\u02c8\u02ca\u02cb\u0374\u0384\u055a\u05f3\u07f4\u07f5\u1fbd\u1fbf\u1fef\u1ffd\u1ffe"
        "\u2018\u2019\u201a\u201b\u2032\u2035\u275b\u275c\ua78b\ua78c\uff07\uff40",
    ),
    "'",
)
"""Before compatibility folding, which makes a space and an accent of some."""
_IGNORED = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe0f")
_DASHES = frozenset("\u02d7\u2043\u2212\u2796")
"""Beside all that Unicode itself calls a dash."""
_SPELLED_OUT = {
    ord(letter): plain
    for pair in [
        "ä:ae",
        "ö:oe",
        "ü:ue",
        "å:aa",
        "ø:oe",
        "ő:oe",
        "ű:ue",
        "Ä:Ae",
        "Ö:Oe",
        "Ü:Ue",
        "Å:Aa",
        "Ø:Oe",
    ]
    for letter, _, plain in [pair.partition(":")]
}
"""How letters are written out where the keyboard has none."""
_WRITTEN_OUT = (re.compile(r"(?i)ae|oe|ue"), re.compile(r"(?i)aa"), re.compile(r"(?i)ae|oe|ue|aa"))
CONTRACTED_MIN = 4
"""Letters below which a word with its umlauts folded back would be another word."""
_WORD = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile(r"([^\W_]+)([\W_]*)")
_LINE_END = re.compile(r"-[ \t]*\r?\n")
_BROKEN = re.compile(r"([^\W\d_])-[ \t]*\r?\n[ \t]*([^\W\d_])")
_TO_WORDS = bytes(code if chr(code).isalnum() else ord(" ") for code in range(128)) + bytes(128)
"""What separates words in ASCII is made a space; on bytes, as that is several times faster."""


class _Table(dict[int, str]):
    """A translation that works a letter out the first time it is met; Unicode is its bound."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        found = self[code] = _translated(letter)
        return found


def _translated(letter: str) -> str:
    if letter in _LOOKALIKES or letter in _SPELLED:
        return _LOOKALIKES.get(letter) or _SPELLED[letter]
    category = unicodedata.category(letter)
    if category == "Pd" or letter in _DASHES:
        return "-"
    if category in {"Mn", "Me", "Cf"} or letter in _IGNORED:
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    return {"Zs": " ", "Zl": "\n", "Zp": "\n"}.get(category, letter)


_TABLE = _Table()


def clean(text: str) -> str:
    """A text in plain letters, its case kept: no accents, no invisible and no look-alike letters."""
    if text.isascii():
        return text.replace("`", "'") if "`" in text else text
    composed = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES))
    return composed.translate(_TABLE).replace("`", "'")


def normal(text: str) -> str:
    """A cleaned text in lower case. Twice is once."""
    cleaned = clean(text)
    return cleaned.lower() if cleaned.isascii() else clean(clean(cleaned).casefold())


def spaced(text: str) -> str:
    """An ASCII text with a space for whatever is no letter and no digit."""
    return text.encode("ascii").translate(_TO_WORDS).decode("ascii")


def words_of(text: str) -> list[str]:
    """The words of a normal text, in order."""
    if text.isascii():
        return spaced(text).split()
    return [word for word, _ in _TOKEN.findall(text)]


def words_and_gaps(cleaned: str) -> tuple[list[str], list[str]]:
    """The words of a cleaned text as they are written, and what is after each."""
    pairs = _TOKEN.findall(cleaned)
    return [word for word, _ in pairs], [gap for _, gap in pairs]


def compact(text: str) -> str:
    """The letters and digits of a text in one word."""
    return "".join(words_of(normal(text)))


def unbroken(text: str) -> str:
    """A text with the words whole that a hyphen broke at a line's end."""
    return _BROKEN.sub(r"\1\2", text) if _LINE_END.search(text) else text


def has_case(cleaned: str) -> bool:
    """Whether capitals mean something in a text: it is neither all upper nor all lower case."""
    return not (cleaned.islower() or cleaned.isupper())


def ways_to_write(name: str) -> list[str]:
    """A name as it is, with its umlauts written out, and with written-out ones folded back."""
    composed = unicodedata.normalize("NFC", name)
    cleaned = clean(name)
    contracted = [_contracted(cleaned, pairs) for pairs in _WRITTEN_OUT]
    found = dict.fromkeys([name, composed.translate(_SPELLED_OUT)])
    return [*found, *dict.fromkeys(each for each in contracted if each != cleaned)]


def _contracted(cleaned: str, pairs: re.Pattern[str]) -> str:
    """A name with these pairs as one letter in each word that stays long enough."""

    def contract(word: re.Match[str]) -> str:
        folded = pairs.sub(lambda pair: pair.group()[0], word.group())
        return folded if len(folded) >= CONTRACTED_MIN else word.group()

    return _WORD.sub(contract, cleaned)
