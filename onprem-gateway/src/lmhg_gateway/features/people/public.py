"""What other features may ask of people administration."""

__all__ = []
