"""A practice day on a running stack: what people do, through the pages; what became of it."""
