"""Security headers of every response."""

from collections.abc import Sequence

from lmhg_kit.http.origins import is_source

HSTS_S = 63_072_000


def content_policy(*, form_origins: Sequence[str] = ()) -> str:
    """The content security policy: own files only, nothing inline, framed by nobody.

    `form_origins` are the sign-in hops: browsers apply form-action to redirects too. What is no
    parsed origin stays out: it could end the directive and begin another.
    """
    forms = " ".join(("'self'", *filter(is_source, form_origins)))
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            f"form-action {forms}",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def security_headers(
    *, production: bool, form_origins: Sequence[str] = ()
) -> list[tuple[bytes, bytes]]:
    """The headers, encoded once for the life of the process."""
    headers = {
        "content-security-policy": content_policy(form_origins=form_origins),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=()",
        "x-frame-options": "DENY",
    }
    if production:
        headers["strict-transport-security"] = f"max-age={HSTS_S}; includeSubDomains"
    return [(name.encode(), value.encode()) for name, value in headers.items()]
