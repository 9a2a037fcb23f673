"""Break-glass: read access to clients in an emergency, for a short time, in everybody's sight."""
