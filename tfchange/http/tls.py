"""What is wrong where a server is there and no secure connection to it is made."""

import ssl
from typing import Any

from requests.exceptions import InvalidSchema, InvalidURL

from tfchange.errors import SettingsError, TfchangeError, UnreachableError

_TRUST = (
    "Nothing was sent. If an authority of your own has signed it (your company's, a proxy's), "
    "set REQUESTS_CA_BUNDLE to a file with the certificate of that authority. One that has "
    "expired, or is for another name, has to be replaced at the server."
)
_HANDSHAKE = frozenset({
    "HTTP_REQUEST", "WRONG_VERSION_NUMBER", "UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE",
    "SSLV3_ALERT_HANDSHAKE_FAILURE", "TLSV1_ALERT_PROTOCOL_VERSION", "TLSV1_UNRECOGNIZED_NAME",
    "DH_KEY_TOO_SMALL", "EE_KEY_TOO_SMALL", "CA_MD_TOO_WEAK",
    "UNSAFE_LEGACY_RENEGOTIATION_DISABLED", "NO_CERTIFICATE_OR_CRL_FOUND",
})  # fmt: skip
"""Reasons that end a connection before anything is sent by it."""


def refusal(place: str, error: Exception) -> TfchangeError | None:
    """Why no secure connection was made, which no repetition mends; None for any other trouble.

    Nothing was sent then. A connection that breaks off later is none of it.
    """
    if isinstance(error, InvalidURL | InvalidSchema):
        # The address itself was checked before.
        return SettingsError(
            "the proxy that HTTPS_PROXY or ALL_PROXY names cannot be used",
            "Set it to something like http://proxy.example.com:3128, or unset it.",
        )
    cause = _cause(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return UnreachableError(
            f"the certificate of {place} is not accepted: {_kind(cause)}",
            _TRUST,
        )
    if isinstance(cause, ssl.SSLError) and cause.reason in _HANDSHAKE:
        said = cause.reason.replace("_", " ").lower()
        return UnreachableError(
            f"{place} makes no secure connection with us: {said}",
            "Nothing was sent. Check that the port of the address speaks https, and that "
            "REQUESTS_CA_BUNDLE, where it is set, names a file of certificates.",
        )
    if "CA certificate bundle" in str(cause):
        return UnreachableError(
            "the file of certificates that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names is not there",
            "Set it to a file that is there, or unset it.",
        )
    return None


def _kind(error: ssl.SSLCertVerificationError) -> str:
    return str(getattr(error, "verify_message", "") or "it cannot be verified").rstrip(".")


def _cause(error: Any) -> Any:
    """The innermost error: those of ssl are wrapped several times."""
    for _ in range(6):
        reason = getattr(error, "reason", None)
        inner = reason if isinstance(reason, Exception) else next(iter(error.args), None)
        if not isinstance(inner, Exception):
            break
        error = inner
    return error
