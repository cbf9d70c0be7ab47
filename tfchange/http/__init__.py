"""How tfchange speaks to servers; the only home of requests.

Any `requests.Session`, also the one of a vendor's own package, is given the policy of `patience`.
"""

from tfchange.http.download import download
from tfchange.http.patience import FILE, TIMEOUT, TRIES, by_method, is_file, retry_after
from tfchange.http.rehearsal import Call, Pretend, Rehearsal
from tfchange.http.session import (
    UNFIT,
    Anonymous,
    Authorization,
    basic,
    checked_url,
    fits_header,
    mount,
    session,
)
from tfchange.http.understood import answers, understood

__all__ = [
    "FILE",
    "TIMEOUT",
    "TRIES",
    "UNFIT",
    "Anonymous",
    "Authorization",
    "Call",
    "Pretend",
    "Rehearsal",
    "answers",
    "basic",
    "by_method",
    "checked_url",
    "download",
    "fits_header",
    "is_file",
    "mount",
    "retry_after",
    "session",
    "understood",
]
