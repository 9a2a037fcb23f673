"""An IntakeQ simulator: its documented objects, limits, webhooks and traps; all data invented."""
