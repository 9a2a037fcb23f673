"""What the web processes of the gateway share."""
