"""The on-prem gateway."""
