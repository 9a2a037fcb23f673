"""Calendar: when clinicians are busy."""
