"""The table of odd values: what strangers, scanners and broken clients send."""

from collections.abc import Mapping

from lmhg_kit.http.forms import FORM_TYPE

DIGITS = "9" * 4301
"""One digit more than Python turns into a number without being asked."""
LONG = "x" * 100_000
DEEP = 60_000
MANY_FIELDS = 5_000

TEXTS: Mapping[str, bytes] = {
    "NUL": b"a%00b",
    "invalid UTF-8": b"%ff%fe%80",
    "half a surrogate": b"%ed%a0%80",
    "4,301 digits": DIGITS.encode(),
    "5,000 digits": b"1" * 5_000,
    "2^63": str(2**63).encode(),
    "2^31": str(2**31).encode(),
    "-1": b"-1",
    "year 1": b"0001-01-01",
    "last day": b"9999-12-31",
    "month 0": b"0000-00",
    "last month": b"9999-12",
    "empty": b"",
    "a bracket": b"[",
    "a percent sign": b"%25%27%5c_",
    "other digits": b"%c2%b2%d9%a3",
    "nothing to see": b"%e2%80%8b%e2%80%8d%ef%bb%bf",
    "markup": b"%7b%7b7*7%7d%7d%3cscript%3e",
    "line ends": b"a%0d%0ab",
    "very long": LONG.encode(),
}
"""Percent-encoded, as they stand in an address or a form; the name is what a failure says."""

ALONE = ("4,301 digits", "2^63", "-1", "year 1", "last day", "last month", "a bracket", "empty")
"""Texts that are also tried in one place at a time: together they would stop each other."""

HEADERS: Mapping[str, tuple[tuple[bytes, bytes], ...]] = {
    "Host [": ((b"host", b"["),),
    "Host with a foreign port": ((b"host", b"127.0.0.1:99999999"),),
    "Host no ASCII": ((b"host", b"\xff\xfe"),),
    "Referer [": ((b"referer", b"http://["),),
    "Origin [": ((b"origin", b"http://["),),
    "Cookie odd": ((b"cookie", b'\xff="; lmhg_x=[; =; ;;' + b"a" * 5_000),),
    "Accept odd": ((b"accept", b";;q=x,*/,\xff"), (b"accept-encoding", b"\xff;q=nan, gzip;q=--1")),
    "Accept a program": ((b"accept", b"application/json;q=" + b"1" * 5_000),),
    "Range odd": ((b"range", b"bytes=" + b"9" * 5_000 + b"-"), (b"if-range", b"\xff")),
    "If-None-Match odd": ((b"if-none-match", b'W/"\xff'), (b"if-modified-since", b"99999")),
    "Forwarded odd": ((b"forwarded", b'for="[";by=\xff'), (b"x-forwarded-for", b"[,\xff")),
    "proxy odd": ((b"x-forwarded-host", b"["), (b"x-forwarded-proto", b"\xff")),
    "Authorization odd": ((b"authorization", b"Basic \xff\xfe=="),),
    "Authorization program": ((b"authorization", b"Bearer " + b"." * 5_000 + b"\xff"),),
    "Authorization name NUL": ((b"authorization", b"Basic AGE6AGI="),),
    "htmx odd": ((b"hx-request", b"true"), (b"hx-current-url", b"http://[")),
    "browser odd": ((b"user-agent", b"\xff" * 5_000), (b"sec-fetch-site", b"\xff")),
    "token odd": ((b"x-csrf-token", b"\xff[\xc3"),),
}
"""Headers that replace those of their name."""

IGNORED = tuple(
    name
    for name in HEADERS
    if name.split()[0] not in {"Host", "Origin", "Cookie", "Authorization", "token"}
)
"""Headers that stop no request, so one request carries them all."""

FORM = FORM_TYPE.encode()
JSON = b"application/json"
MULTIPART = b"multipart/form-data"
ODD_PART = (
    b"--x\r\ncontent-disposition: form-data; name=a; filename*=utf-99''%ff\r\n"
    b"content-type: text/plain; charset=utf-99\r\n\r\n\xff\r\n--x--\r\n"
)
BODIES: Mapping[str, tuple[bytes, bytes]] = {
    "thousands of fields": (FORM, b"&".join(b"f%d=1" % n for n in range(MANY_FIELDS))),
    "form no ASCII": (FORM, b"a=\xff&\xfe"),
    "form broken escape": (FORM, b"a=%&%zz=1&%00=%00&=&&"),
    "form odd charset": (FORM + b"; charset=\xff", b"a=1"),
    "deep JSON": (JSON, b"[" * DEEP + b"]" * DEEP),
    "deep JSON objects": (JSON, b'{"q":' * (DEEP // 6) + b"1" + b"}" * (DEEP // 6)),
    "JSON no UTF-8": (JSON, b'{"q":"\xff\xfe","note":"\xff"}'),
    "JSON half a surrogate": (JSON, b'{"q":"\\ud800","note":"\\udfff","to":"\\ud800"}'),
    "JSON cut": (JSON, b'{"q":'),
    "JSON scalar": (JSON, b"1e999"),
    "JSON huge number": (JSON, b'{"q":' + b"9" * 5_000 + b"}"),
    "JSON odd charset": (JSON + b"; charset=utf-99", b'{"q":"a"}'),
    "JSON empty": (JSON, b""),
    "JSON UTF-16": (JSON, '{"q":"a"}'.encode("utf-16")),
    "multipart without boundary": (MULTIPART, b"--x\r\n\r\n1\r\n--x--"),
    "multipart odd": (
        MULTIPART + b"; boundary=\xff",
        b'--\xff\r\nContent-Disposition: form-data; name="\xfe\r\n\r\n1',
    ),
    "multipart with charset": (MULTIPART + b"; boundary=x", ODD_PART),
    "no kind": (b"", b"\x00\xff"),
    "odd kind": (b";/\xff;==,", b"a=1"),
    "MessagePack": (b"application/x-msgpack", b"\xc1\x91" * 2_000),
}
"""Kind of content and body."""

LENGTHS: Mapping[str, bytes] = {
    "length no number": b"abc",
    "length negative": b"-1",
    "length 5,000 digits": b"9" * 5_000,
    "length no ASCII": b"\xb2",
}
"""Content-Length headers that lie."""

JSON_VALUES: Mapping[str, object] = {
    "null": None,
    "a list": [1, [2]],
    "an object": {"a": {}},
    "a truth": True,
    "2^63": 2**63,
    "a fraction": 1.5e300,
    "NUL": "a\x00b",
    "very long": LONG,
    "last day": "9999-12-31",
    "nothing to see": "\u200b\u200d\ufeff",
}
"""What is in a field of a JSON body instead of what it expects."""
