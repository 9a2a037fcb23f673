"""A feature as the application sees it: its routes, its place in the navigation, its sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from litestar.types import ControllerRouterHandler


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """One entry of the navigation, shown to those who may follow it."""

    label: str
    path: str
    icon: str
    permission: str
    order: int = 50
    primary: bool = True
    """Primary entries stand in the bottom bar of a phone; the others behind "More"."""


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One folder under features/: delete the line in app.py and it is gone."""

    name: str
    handlers: tuple[ControllerRouterHandler, ...]
    nav: tuple[NavItem, ...] = ()
    messages: Mapping[str, str] = field(default_factory=dict[str, str])
    """Error code to sentence, for people."""
    notices: Mapping[str, str] = field(default_factory=dict[str, str])
    """Notice code to sentence: what was just done."""
    templates: Path | None = None
