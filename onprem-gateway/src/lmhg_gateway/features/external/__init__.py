"""External mode: another issuer holds the accounts, we are its relying party and stay the issuer."""
