"""Settings and pure helpers of the gateway."""
