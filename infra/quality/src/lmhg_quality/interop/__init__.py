"""Our notes, ledgers and sign-in under programs not written here."""
