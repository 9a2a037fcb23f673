"""Doors to other systems: IntakeQ and mail."""
