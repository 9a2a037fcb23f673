"""Appointments, as IntakeQ has them."""
