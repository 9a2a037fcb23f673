"""Who saw and did what: the access ledger to search, and the accounting of disclosures."""
