"""How tfchange speaks to servers; the only home of requests.

Any `requests.Session`, also the one of a vendor's own package, is given the policy of `patience`.
"""

from tfchange.http.patience import TIMEOUT, TRIES, by_method, retry_after
from tfchange.http.rehearsal import Call, Pretend, Rehearsal
from tfchange.http.session import Authorization, basic, checked_url, mount, session

__all__ = [
    "TIMEOUT",
    "TRIES",
    "Authorization",
    "Call",
    "Pretend",
    "Rehearsal",
    "basic",
    "by_method",
    "checked_url",
    "mount",
    "retry_after",
    "session",
]
