"""What the portal pages share."""
