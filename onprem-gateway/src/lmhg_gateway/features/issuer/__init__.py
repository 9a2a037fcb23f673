"""The OpenID Connect issuer: authorization, tokens, keys, sign-out at every relying party."""
