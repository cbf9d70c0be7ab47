"""What secrets look like: the names that attributes give them, and the shapes of their values."""

import re

_NAMES = (
    "pass", "password", "passwd", "passphrase", "passcode", "pwd", "secret", "secrets",
    "secretstring", "secret_string", "secretbinary", "secret_binary", "secretkey", "secret_key",
    "secretaccesskey", "secretaccess_key", "secret_accesskey", "secret_access_key",
    "secretdata", "secret_data", "token", "authtoken", "bearer", "apikey", "api_key",
    "accesskey", "access_key", "accountkey", "account_key", "sharedkey", "shared_key",
    "privatekey", "private_key", "privatekeypem", "privatekey_pem", "private_keypem",
    "private_key_pem", "signingkey", "signing_key", "encryptionkeybase64",
    "encryptionkey_base64", "encryption_keybase64", "encryption_key_base64", "clientsecret",
    "credential", "credentials", "connectionstring", "connectionstrings", "connection_string",
    "connection_strings", "sasurl", "sas_url", "sastoken", "sas_token", "kubeconfig",
    "licensekey", "license_key",
)  # fmt: skip
"""How names end that hold secrets, as a word of their own."""
_FORMS = ("_wo", "_base64", "_pem", "_hash", "_json", "json", "_value", "value")
"""May follow, and says in which form."""
_NAME = rf"(?i)(?:^|_|-|\b)(?:{'|'.join(_NAMES)})(?:{'|'.join(_FORMS)})?$"
_TELLING = (
    "pass",
    "pwd",
    "secret",
    "token",
    "bearer",
    "key",
    "credential",
    "connection",
    "sas",
    "kubeconfig",
)
"""No name above is without one of these."""
_AWS = r"(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ANVA)[A-Z0-9]{16}"
_ASSIGNED = (
    r"(?i)(?:password|passwd|secret|token|api_?key|access_?key)[\"']?\s*[=:]\s*"
    r"[\"']?(?!\s|[\"'$]|true|false|null|none\b|\*)[^\s\"',;&]{4,}"
)
_SHAPES = (
    (("akia", "asia", "agpa", "aida", "aroa", "anpa", "anva", "a3t"), "", _AWS),
    (("private key",), "", r"-----BEGIN[ A-Z0-9]*PRIVATE KEY"),
    (("eyj",), ".", r"\beyJ[\w-]{8,2000}\.[\w-]{8,}\.[\w-]*"),
    (
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        "",
        r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{40,})",
    ),
    (("glpat-", "npm_", "pypi-"), "", r"\b(?:glpat-[\w-]{16,}|npm_\w{30,}|pypi-[\w-]{30,})"),
    (("xox",), "-", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
    (("hooks.slack.com/services/",), "", r"hooks\.slack\.com/services/\w+"),
    (("k_live_", "k_test_"), "", r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    (("aiza", "ya29."), "", r"\b(?:AIza[\w-]{30,}|ya29\.[\w-]{20,})"),
    (("sg.",), "", r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),
    (("hvs.", "hvb.", "hvr."), "", r"\bhv[sbr]\.[\w-]{24,}"),
    (("dapi", "accountkey="), "", r"\bdapi[a-f0-9]{32}\b|\bAccountKey=[A-Za-z0-9+/=]{20,}"),
    (("://",), "@", r"(?<![A-Za-z0-9+.-])[A-Za-z0-9+.-]+://[^\s/:@'\"]*:[^\s/@'\"]+@"),
    (
        ("passw", "secret", "token", "api_key", "apikey", "access_key", "accesskey"),
        "",
        _ASSIGNED,
    ),
)
"""What secrets look like: (one of these in lower case, and this) and then the pattern.

Looking for the words first is what keeps the door fast, and no pattern reads a text again from each
place in it: where one could begin anywhere, it says where, or how long it is. AWS, PEM, JSON web
tokens, GitHub, GitLab and package registries, Slack, Stripe, Google, SendGrid, Vault, Databricks
and Azure, user:password@ in URLs, NAME_PASSWORD=value.
"""
_SIGNS = "_.-= "


def _by_sign() -> dict[str, list[str]]:
    """The words above by a sign that is there wherever they are: `""` for those without one."""
    found: dict[str, list[str]] = {}
    for words, also, _ in _SHAPES:
        for word in words:
            sign = also or next((s for s in _SIGNS if s in word), "")
            found.setdefault(sign, []).append(word)
    return found


_HINTS = tuple(_by_sign().items())
_REMEMBERED = 20_000


def named_secret(name: str) -> bool:
    """Whether a variable or attribute of this name is known to hold a secret."""
    return NAMED[name]


def shaped(text: str) -> bool:
    """Whether the text looks like a secret or holds something that does."""
    low = text.lower()
    return hints(low) and any(
        also in low and any(map(low.__contains__, words)) and _has(shape, text)
        for words, also, shape in _SHAPES
    )


def hints(low: str) -> bool:
    """Whether a text in lower case holds what no secret of any shape is without."""
    for sign, words in _HINTS:
        if sign in low:
            for word in words:
                if word in low:
                    return True
    return False


def _has(shape: str, text: str) -> bool:
    # Those that every other plan has, in ids and ARNs, are told without compiling a pattern.
    if shape not in (_AWS, _ASSIGNED) or not text.isascii():
        return re.search(shape, text) is not None
    from tfchange.plan import spelled

    return spelled.has_key_of_aws(text) if shape == _AWS else spelled.has_assignment(text)


class _Names(dict[str, bool]):
    """Remembers which names tell of secrets: a plan has few names and uses them often."""

    def __missing__(self, name: str) -> bool:
        if len(self) >= _REMEMBERED:
            self.clear()
        low = name.lower()
        telling = any(map(low.__contains__, _TELLING))
        self[name] = found = telling and (
            _tells(low) if name.isascii() else bool(re.search(_NAME, name))
        )
        return found


def _tells(low: str) -> bool:
    """The same for a name of ASCII in lower case, without a pattern, which is dear to compile."""
    low = low.removesuffix("\n")
    bare = [low.removesuffix(form) for form in _FORMS if low.endswith(form)]
    return any(map(_ends_telling, (low, *bare)))


def _ends_telling(low: str) -> bool:
    ends = filter(low.endswith, _NAMES) if low.endswith(_NAMES) else ()
    return any(not low.removesuffix(end)[-1:].isalnum() for end in ends)


NAMED = _Names()
"""Whether a name is known to hold a secret; asked of every attribute, hence no function."""
