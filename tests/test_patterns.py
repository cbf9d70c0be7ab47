"""Where plain looks at a text stand in for a pattern, which is dear to compile: they say the same.

The patterns stand here as the definition; no run has to compile them any more.
"""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from tfchange.graph import instances, values
from tfchange.plan import secrets, shapes, spelled
from tfchange.plan.configure import scrub_source
from tfchange.plan.paths import Path, plain_path
from tfchange.risk import attributes, noise
from tfchange.rulebook import conditions, escalation, exposure, federation, match, policies, tls
from tfchange.rulebook.rule import TypeTraits


def of(*pieces: str) -> st.SearchStrategy[str]:
    """Texts made of these pieces, with anything at all between them."""
    some = st.sampled_from(pieces) | st.text(max_size=2)
    return st.lists(some, max_size=8).map("".join)


def ascii_of(text: str) -> str:
    """What of it is ASCII."""
    return text.encode("ascii", "ignore").decode()


@given(of(".", "[", "]", "tags", "\n"))
def test_the_first_step_of_a_path(path: str) -> None:
    """It ends before the first dot or bracket."""
    found = re.match(r"[^.\[]*", path)
    assert found is not None
    assert attributes._first(path) == found.group()


@given(of("_count", "desired", "min", "max", "node", "instance", "task", "_", "\n"))
def test_counts_that_a_provider_tells(name: str) -> None:
    """Those that people set are none."""
    pattern = r"(?<!desired)(?<!min)(?<!max)(?<!node)(?<!instance)(?<!task)_count\Z"
    assert noise._tally(name) == (re.search(pattern, name) is not None)


@given(st.lists(of("polic", "y", "ru", "le", "rout", "user", "_data", "x"), max_size=3).map(tuple))
def test_attributes_that_decide_who_may_do_what(path: Path) -> None:
    """They are told by a word anywhere in the path."""
    pattern = (
        r"polic|ingress|egress|cidr|acl|public|principal|grant|role|permission|allow|auth|user_data"
        r"|encrypt|kms|protect|password|secret|firewall|rout|rule"
    )
    found = re.search(pattern, plain_path(path))
    assert noise.telling(path, TypeTraits(())) == (found is not None)


@given(of("git::", "https://", "a", ":", "@", "/", "?", "&", "ref=", "depth=", "token=", "=", " "))
def test_sources_without_credentials(source: str) -> None:
    """A source is left as it is where there can be none in it."""
    pattern = r"//[^/@\s]+@|[?&](?!ref=|depth=)[^?&=]+=[^&]*"
    said = re.sub(pattern, lambda found: "//" if found[0].startswith("//") else "", source)
    assert scrub_source(source) == said


@given(of("arn:", "http", "s", "://", "-", "0a1b2c3d", "deadbeef", "_", " ", "g", "\n", "\x1f"))
def test_texts_that_nobody_chose(text: str) -> None:
    """ARNs, addresses of the web, and hexadecimal ids of eight digits at least."""
    pattern = r"arn:|https?://|\S*\b[0-9a-f]{8,}\Z|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z"
    assert values._unique(text) == (re.match(pattern, text) is not None)


@given(of("_", "id", "arn", "name", "identifier", "url", "s", "role", "_ids", "\n"))
def test_what_an_attribute_names(attribute: str) -> None:
    """Its name without the ending that says by what."""
    assert values._stem(attribute) == re.sub(r"(_(id|arn|name|identifier|url))?s?\Z", "", attribute)


@given(of("1", "23", "٣", "²", ".", ":", "/", "x", "\n"))
def test_numbers_name_nothing(text: str) -> None:
    """Neither do addresses and ports."""
    assert values._is_number(text) == (not text or re.match(r"[\d.:/]+\Z", text) is not None)


@given(of("arn", "/", ":", "*", "/*", ":*", "\n"))
def test_all_that_is_in_something(text: str) -> None:
    """The sign for it goes, once and only from the end."""
    assert values._without_all(text) == re.sub(r"[/:]\*\Z", "", text)


SECRETS = (
    "pass", "word", "passwd", "phrase", "code", "pwd", "secret", "s", "string", "binary", "key",
    "access", "data", "token", "auth", "bearer", "api", "account", "shared", "private", "pem",
    "signing", "encryption", "base64", "client", "credential", "connection", "sas", "url",
    "kubeconfig", "license", "wo", "hash", "json", "value",
)  # fmt: skip


@settings(max_examples=500)
@given(of(*SECRETS, *SECRETS, "_", "_", "_", "-", ".", "P", "K", "\n", "ſ", "İ", "\u212a", "é"))
def test_names_of_secrets(name: str) -> None:
    """Names of ASCII are told without the pattern, all others by it."""
    pattern = (
        r"(?i)(?:^|_|-|\b)(?:pass(?:word|wd|phrase|code)?|pwd|secrets?"
        r"|secret_?(?:string|binary|key|access_?key|data)|token|auth_?token|bearer|api_?key"
        r"|access_?key|account_?key|shared_?key|private_?key(?:_?pem)?|signing_?key"
        r"|encryption_?key_?base64|client_?secret|credentials?|connection_?strings?"
        r"|sas_?(?:url|token)|kubeconfig|license_?key)"
        r"(?:_wo|_base64|_pem|_hash|_?json|_?value)?$"
    )
    found = re.search(pattern, name) is not None
    assert (re.search(shapes._NAME, name) is not None) == found
    if name.isascii():
        assert shapes._tells(name.lower()) == found
        assert shapes.named_secret(name) == found


@given(of("module", ".", "a", "b-c", "ü", "[0]", '["', '"]', '["k.1"]', "\\", "{", "]", "\n"))
def test_modules_with_a_key(module: str) -> None:
    """Keys without rare signs, wherever they stand, are read as any other."""
    plain = instances._plain_place(module)
    assert plain is None or plain == instances._any_place(module)


def test_modules_whose_key_needs_no_pattern() -> None:
    """These are most of those that there are; escapes and braces are left to the pattern."""
    plain = ("module.a", 'module.a["x"]', "module.a[0]", 'module.a["x"].module.b["eu/west 1.x"]')
    for module in plain:
        assert instances._plain_place(module) == instances._any_place(module)
    for module in (r'module.a["x\"y"]', 'module.a["${x}"]'):
        assert instances._plain_place(module) is None


@settings(max_examples=300)
@given(of(*(word for words, _, _ in shapes._SHAPES for word in words), ".", "-", "@", "akia"[:3]))
def test_hints_at_secrets(low: str) -> None:
    """A hint is a word of a shape, together with what else that shape is never without."""
    assert shapes.hints(low) == any(
        also in low and any(word in low for word in words) for words, also, _ in shapes._SHAPES
    )


@settings(max_examples=500)
@given(of("AKIA", "A3T", "AROA", "0", "Z9", "ABCDEFGHIJKLMNO", "a", "-", "\n").map(ascii_of))
def test_ids_of_keys_of_aws(text: str) -> None:
    """Sixteen signs follow the four that say what it is for."""
    assert spelled.has_key_of_aws(text) == (re.search(shapes._AWS, text) is not None)


GIVEN = ("password", "SECRET", "Token", "api_key", "ACCESSKEY", "passwd")
BETWEEN = ("'", '"', "=", ":", " ", "\t", "\x1f", "\n")
VALUES = ("true", "False", "null", "none", "None_", "$", "*", "a", "hunter2", ";", "&", ",")


@settings(max_examples=1000)
@given(of(*GIVEN, *GIVEN, *BETWEEN, *BETWEEN, *VALUES).map(ascii_of))
def test_values_given_to_names_of_secrets(text: str) -> None:
    """References, switches and nothing are no secrets."""
    assert spelled.has_assignment(text) == (re.search(shapes._ASSIGNED, text) is not None)


@settings(max_examples=500)
@given(of("QUJDREVGR0hJSktMTU5PUFFSU1RVVg", "a", "+/", "=", "==", "\r\n", " ", "\x1f", "-", "é"))
def test_texts_of_base64(text: str) -> None:
    """At least 24 signs of it, perhaps filled up, perhaps with white space behind."""
    pattern = r"[A-Za-z0-9+/\r\n]{24,}={0,2}\s*\Z"
    assert secrets._is_base64(text) == (re.match(pattern, text) is not None)


@given(of("123456789012", "1", "٣", "²", ":", "arn:aws:iam::", "/", "\n"))
def test_numbers_of_accounts(text: str) -> None:
    """Twelve digits, no more and no less."""
    assert policies._accounts(text) == re.findall(r"(?<!\d)\d{12}(?!\d)", text)


@settings(max_examples=500)
@given(of("TLS", "TLS13", "FS", "v", "-", "_", ".", "1", "1.2", "2", "0", "3", "٣", "20", "\n"))
def test_versions_of_tls_in_names(policy: str) -> None:
    """They follow what they are versions of, or end the name."""
    pattern = r"(?:TLS13|TLS|FS)[-_]?v?[-_]?1[-_.]([0-3])(?!\d)|1\.([0-3])$"
    found = re.search(pattern, policy)
    assert tls._named(policy) == (int(found[1] or found[2]) if found else None)


@given(of("foranyvalue:", "forallvalues:", "stringequals", "ifexists", "s", ":"))
def test_operators_of_conditions(operator: str) -> None:
    """What stands before and behind the comparison says how many values count."""
    found = re.match(r"(foranyvalue:|forallvalues:|)(.*?)(ifexists|)\Z", operator, re.DOTALL)
    assert found is not None
    among, plain, optional = found.groups()
    assert conditions._apart(operator) == (among, plain, bool(optional))


@given(of("*", ":", "repo", "system:serviceaccount:", "/", "\n"))
def test_subjects_that_are_everyone(subject: str) -> None:
    """They name a service at most."""
    pattern = r"\*|[^:*]*:\*|system:serviceaccount:\*"
    assert federation._is_everyone(subject) == (re.match(pattern, subject) is not None)


@given(of("*", ":", "/", "role", "-", "_", "é", ".", "\n"))
def test_all_of_a_kind(name: str) -> None:
    """A star stands alone, or behind the word for a kind."""
    pattern = r"([\w-]+[/:])?\*"
    assert escalation._is_all_of_a_kind(name) == (re.fullmatch(pattern, name) is not None)


@given(of("0", "0.0", ".", "::", "f", "fe80", "/", "/0", "/1", "/128", "7", "/٣", "x", "\n"))
def test_networks_that_are_the_world(cidr: str) -> None:
    """They are as wide as half of it, and no local ones of IPv6."""
    found = re.fullmatch(r"([0-9a-fA-F.:]+)/(\d{1,3})", cidr)
    assert exposure._is_world(cidr) == (
        found is not None and int(found[2]) <= 7 and not found[1].startswith("f")
    )


SEGMENT = r'(?:[^.\[]|\["[^"]*"\])*'


@settings(max_examples=300)
@given(of("a", "b", "*", "**", ".", ".**"), of("a", "b", "x", ".", "[", '["a.b"]', "\n"))
def test_paths_within_a_pattern(pattern: str, path: str) -> None:
    """A star stands for one step, two for any, and all below counts."""
    parts = re.split(r"(\*\*|\*)", pattern.removesuffix(".**"))
    stars = {"**": ".*", "*": SEGMENT}
    said = "".join(stars.get(part) or re.escape(part) for part in parts) + r"(?:[.\[].*)?"
    assert match.within([pattern])(path) == (re.fullmatch(said, path, re.DOTALL) is not None)
