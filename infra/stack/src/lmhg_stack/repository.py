"""Where this checkout lies; the stack runs from a checkout only."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
INFRA = ROOT / "infra"
