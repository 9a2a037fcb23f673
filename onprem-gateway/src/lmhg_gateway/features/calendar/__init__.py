"""Calendar blocks: what the cloud may know of an appointment."""
