"""The settings of the ServiceNow desk."""

from typing import Any

import msgspec

from tfchange import http
from tfchange.errors import SettingsError

APIS = ("auto", "change", "table")
SECRETS = frozenset({"password", "client_secret", "api_key"})


class ServiceNowConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What tfchange has to know of an instance; secrets come from the environment alone.

    Wherever a choice, a group or an item is named, its label or its code (sys_id) may stand.
    """

    url: str
    user: str = ""
    password: str = ""
    client_id: str = ""
    client_secret: str = ""
    api_key: str = ""
    api: str = "auto"
    """`change` for the Change Management API, `table` for the Table API, `auto` to find out."""
    assignment_group: str = ""
    category: str = ""
    requested_by: str = ""
    cmdb_ci: str = ""
    """The configuration item of changes whose plan names none."""
    business_service: bool = False
    """Whether the first service that is found stands in the change as its service."""
    templates: dict[str, str] = {}
    """Standard change template by the id of the envelope, or `default`."""
    chg_models: dict[str, str] = {}
    """Change model by `standard`, `normal`, `emergency`."""
    risk: dict[str, str] = {}
    """Choice of risk by our level."""
    impact: dict[str, str] = {}
    """Choice of impact by our level."""
    close_codes: dict[str, str] = {}
    """Choice of close code by `successful`, `partly`, `failed`."""
    states: dict[str, str] = {}
    """What a state means, by its label or code: `new`, `assess`, `authorize`, `scheduled`,
    `implement`, `review`, `closed`, `canceled`."""
    items: dict[str, str] = {}
    """Configuration item by the name the plan has for it."""
    fields: dict[str, str] = {}
    """Other fields to set when a change is opened, by their column names."""
    close_tasks: bool = False
    """Whether open change tasks are closed before the change is."""
    conflicts: bool = True
    """Whether conflicts are asked for where a change has an item and a window."""
    slot_minutes: int = 0
    """How long a change takes, to ask for the first free slot where it has no window; 0: never."""

    @property
    def kind(self) -> str:
        """Which credentials are used: `api key`, `oauth` or `basic`."""
        if self.api_key:
            return "api key"
        return "oauth" if self.client_id or self.client_secret else "basic"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown anywhere."""
        return tuple(filter(None, (getattr(self, name) for name in sorted(SECRETS))))

    def __repr__(self) -> str:
        return f"ServiceNowConfig({self.url!r}, {self.kind})"

    def __rich_repr__(self) -> Any:
        """The same for tracebacks that draw structs by themselves."""
        yield self.url
        yield "kind", self.kind


def check(config: ServiceNowConfig) -> None:
    """The settings fit together; `SettingsError` with all faults at once."""
    faults = [*_credentials(config), *_words(config)]
    if faults:
        raise SettingsError("\n".join(faults), "docs/servicenow.md lists every setting.")


def _credentials(config: ServiceNowConfig) -> list[str]:
    pairs = {
        "TFCHANGE_SERVICENOW_USER and TFCHANGE_SERVICENOW_PASSWORD": (config.user, config.password),
        "TFCHANGE_SERVICENOW_CLIENT_ID and TFCHANGE_SERVICENOW_CLIENT_SECRET": (
            config.client_id,
            config.client_secret,
        ),
        "TFCHANGE_SERVICENOW_API_KEY": (config.api_key,),
    }
    given = [names for names, some in pairs.items() if any(some)]
    if not given:
        return [f"servicenow: no credentials: set {', or '.join(pairs)}"]
    if len(given) > 1:
        return [f"servicenow: more than one kind of credentials: {'; '.join(given)}; keep one"]
    if not http.fits_header(config.api_key):
        return [f"TFCHANGE_SERVICENOW_API_KEY or _API_KEY_FILE: {http.UNFIT}"]
    return [f"servicenow: {given[0]} belong together"] if not all(pairs[given[0]]) else []


def _words(config: ServiceNowConfig) -> list[str]:
    allowed = {
        "templates": None,
        "chg_models": {"standard", "normal", "emergency"},
        "risk": LEVELS,
        "impact": LEVELS,
        "close_codes": {"successful", "partly", "failed"},
    }
    faults = [
        f"servicenow.{table}: {key} is none of {', '.join(sorted(words))}"
        for table, words in allowed.items()
        if words
        for key in getattr(config, table)
        if key not in words
    ]
    faults += [
        f"servicenow.states: {meaning} is none of {', '.join(sorted(STAGES))}"
        for meaning in config.states.values()
        if meaning not in STAGES
    ]
    if config.api not in APIS:
        faults.append(f"servicenow.api: {config.api} is none of {', '.join(APIS)}")
    return faults


LEVELS = {"low", "medium", "high", "critical"}
STAGES = {"new", "assess", "authorize", "scheduled", "implement", "review", "closed", "canceled"}
