"""One fault, at the first request that fits."""

from typing import Any

import requests
from requests.adapters import BaseAdapter


class Once(BaseAdapter):
    """One fault at the first request that fits."""

    def __init__(self, inner: BaseAdapter, method: str, end: str, fault: Any) -> None:
        super().__init__()
        self._inner, self._fits, self._fault = inner, (method, end), fault

    def close(self) -> None:
        """Nothing is open."""

    def send(self, asked: requests.PreparedRequest, *args: Any, **given: Any) -> Any:
        """The reply, or the fault."""
        method, end = self._fits
        if self._fault and asked.method == method and str(asked.url).endswith(end):
            fault, self._fault = self._fault, None
            return fault(lambda: self._inner.send(asked, *args, **given), asked)
        return self._inner.send(asked, *args, **given)
