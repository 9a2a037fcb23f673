"""Words for where someone is."""

from lmhg_kit.http.zones import Zones, parse_address


def judged(text: str, *, zones: Zones) -> tuple[str, bool] | None:
    """An address as we read it, and whether it is inside; None when it is no address."""
    try:
        address = parse_address(text.strip())
    except ValueError:
        return None
    return str(address), zones.is_inside(address)
