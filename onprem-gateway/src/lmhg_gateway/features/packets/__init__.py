"""Weekly packets, signed by an officer, and the monthly statement that the ledgers prove."""
