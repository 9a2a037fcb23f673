"""The README's drawing of the two planes: one SVG for light pages, one for dark ones."""

from dataclasses import dataclass

WIDTH, HEIGHT = 860, 340
PLANE_WIDTH = 300
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


@dataclass(frozen=True)
class Palette:
    """Colours of one theme; the accents are those of the two planes' pages."""

    text: str
    muted: str
    box: str
    line: str
    onprem: str
    cloud: str


LIGHT = Palette("#17212b", "#51606f", "#ffffff", "#9aa8b5", "#0b6b5d", "#4338a8")
DARK = Palette("#e8edf2", "#a9b6c2", "#172029", "#53616e", "#4fc3ae", "#a79ff2")


@dataclass(frozen=True)
class Plane:
    """What is in one plane's box, and where the box begins."""

    left: int
    name: str
    promise: str
    rooms: tuple[tuple[str, str], ...]


CLINIC = Plane(
    10,
    "The clinic",
    "owns every client record",
    (
        ("Workspace", "clients, referrals, oversight"),
        ("Sign-in", "accounts, second factors"),
        ("Intake", "IntakeQ webhooks in, worker"),
    ),
)
CLOUD = Plane(
    WIDTH - PLANE_WIDTH - 10,
    "The cloud",
    "holds none",
    (("Portal", "calendar, announcements, tickets"), ("Worker", "what arrived, made pages")),
)
CROSSING = ("only what policy allows", "screened, signed, acknowledged", "recalls and removals")


def drawing(palette: Palette) -> str:
    """The whole picture in one palette."""
    label = (
        "Two planes. In the clinic: workspace, sign-in and intake with the client records. In the"
        " cloud: portal without client records. A relay on each side carries records between them,"
        " and each side keeps a ledger that the other one signs."
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' font-family="{FONT}" role="img" aria-label="{label}">'
    )
    return "\n".join([
        head,
        *_plane(CLINIC, palette, palette.onprem),
        *_plane(CLOUD, palette, palette.cloud),
        *_crossing(palette),
        "</svg>",
    ])  # fmt: skip


def _text(x: int, y: int, text: str, fill: str, *, size: int = 13, more: str = "") -> str:
    return f'<text x="{x}" y="{y}" fill="{fill}" font-size="{size}"{more}>{text}</text>'


def _box(x: int, y: int, width: int, height: int, *, fill: str, line: str) -> str:
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8" fill="{fill}"'
        f' stroke="{line}"/>'
    )


def _plane(plane: Plane, palette: Palette, accent: str) -> list[str]:
    x = plane.left
    frame = (
        f'<rect x="{x}" y="10" width="{PLANE_WIDTH}" height="{HEIGHT - 20}" rx="14" fill="{accent}"'
        f' fill-opacity="0.08" stroke="{accent}" stroke-width="2"/>'
    )
    parts = [
        frame,
        _text(x + 20, 42, plane.name, accent, size=18, more=' font-weight="700"'),
        _text(x + 20, 62, plane.promise, palette.muted),
    ]
    rows = [*plane.rooms, ("Relay and ledger", "sends, receives, keeps the proof")]
    for number, (title, what) in enumerate(rows):
        top = 78 + number * 58 if number < len(plane.rooms) else HEIGHT - 20 - 60
        parts += [
            _box(x + 20, top, PLANE_WIDTH - 40, 50, fill=palette.box, line=palette.line),
            _text(x + 34, top + 21, title, palette.text, size=14, more=' font-weight="600"'),
            _text(x + 34, top + 39, what, palette.muted),
        ]
    return parts


def _crossing(palette: Palette) -> list[str]:
    left, right = PLANE_WIDTH + 10, WIDTH - PLANE_WIDTH - 10
    middle, centred = (left + right) // 2, ' text-anchor="middle"'
    above, below = HEIGHT - 65, HEIGHT - 40
    parts = [
        _text(middle, 150 + 20 * number, line, palette.muted, more=centred)
        for number, line in enumerate(CROSSING)
    ]
    for start, end, y, color in (
        (left - 20, right + 16, above, palette.onprem),
        (right + 20, left - 16, below, palette.cloud),
    ):
        back = -8 if end > start else 8
        parts.append(
            f'<path d="M{start} {y}H{end}m{back} -5l{-back} 5l{back} 5" fill="none" stroke="{color}"'
            ' stroke-width="2"/>'
        )
    parts.append(_text(middle, above - 10, "records", palette.onprem, more=centred))
    parts.append(
        _text(middle, below + 18, "receipts, tickets, alarms", palette.cloud, more=centred)
    )
    return parts
