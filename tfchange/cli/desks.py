"""The desk that is meant, connected; each adapter is imported only when it is."""

import getpass
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from tfchange.change.desk import Desk
from tfchange.cli.secrets import secret
from tfchange.errors import SettingsError

if TYPE_CHECKING:
    from tfchange.change.doctor import Examination
    from tfchange.register.desk import Register
    from tfchange.report.calls import Calls

Settings = dict[str, Any]
Environ = Mapping[str, str]

PLAIN = {
    "jira": ("url", "user", "project"),
    "servicenow": ("url", "user", "client_id"),
}
"""Settings of a desk that the environment may give too, as TFCHANGE_JIRA_URL."""
SECRET = {
    "jira": ("token",),
    "servicenow": ("password", "client_secret", "api_key"),
}
"""Settings that only the environment may give, or a file it names."""


ACTORS = (
    "GITHUB_ACTOR",
    "GITLAB_USER_LOGIN",
    "BUILD_REQUESTEDFOREMAIL",  # Azure DevOps
    "BITBUCKET_STEP_TRIGGERER_UUID",
    "BUILD_USER_ID",  # Jenkins
)
"""Who has started a run, by each CI in its own words."""
NEEDED = {"jira": ("url", "project"), "servicenow": ("url",)}


class Connected(NamedTuple):
    """A desk, and what a rehearsal at it would have written so far."""

    desk: Desk
    calls: "Callable[[], Calls]"


def connect(name: str, settings: Settings, environ: Environ, rehearsal: bool) -> Connected:
    """The desk of that name by its table of the settings and by the environment."""
    if name == "jira":
        return _jira(settings, environ, rehearsal)
    if name == "servicenow":
        return _servicenow(settings, environ, rehearsal)
    return _register(settings, environ, rehearsal)


def given(name: str, settings: Settings, environ: Environ) -> Settings:
    """What the settings and the environment say of a desk; the environment wins."""
    found: Settings = dict(settings.get(name) or {})
    for key in PLAIN[name]:
        found[key] = environ.get(f"TFCHANGE_{name}_{key}".upper(), "") or found.get(key, "")
    for key in SECRET[name]:
        found[key] = secret(environ, f"TFCHANGE_{name}_{key}".upper())
    missing = [key for key in NEEDED[name] if not found[key]]
    if missing:
        variables = " and ".join(f"TFCHANGE_{name}_{key}".upper() for key in missing)
        keys = " and ".join(f"{name}.{key}" for key in missing)
        raise SettingsError(
            f"{variables} {'is' if len(missing) == 1 else 'are'} not set",
            f"Set {'it' if len(missing) == 1 else 'them'}, or {keys} in tfchange.yaml.",
        )
    return found


def register_url(settings: Settings, environ: Environ) -> str:
    """Where the register is: as the environment says, else the settings, else beside own data."""
    own = environ.get("TFCHANGE_REGISTER_URL") or (settings.get("register") or {}).get("url")
    if own:
        return str(own)
    return os.path.join(data_folder(environ), "register.db")


def data_folder(environ: Environ) -> str:
    """Where own data lies, unless said otherwise; it may not be there yet."""
    home = environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return os.path.join(home, "tfchange")


def open_register(settings: Settings, environ: Environ) -> "Register":
    """The register that the settings and the environment name, whichever desk is meant."""
    from tfchange.register import desk as register

    password = secret(environ, "TFCHANGE_REGISTER_PASSWORD")
    return register.connect(register_url(settings, environ), password, actor=actor(environ))


def actor(environ: Environ) -> str:
    """Who runs this: as the CI says, else the machine; `""` where neither knows."""
    told = next((environ[name].strip() for name in ACTORS if environ.get(name, "").strip()), "")
    if told:
        return told
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""  # such as a container run by a number that no user has


def _register(settings: Settings, environ: Environ, rehearsal: bool) -> Connected:
    if not rehearsal:
        return Connected(open_register(settings, environ), list)
    from tfchange.change.rehearsed import Empty, Rehearsed
    from tfchange.register import desk as register

    # Opening a register makes its file and its tables; a rehearsal leaves no trace.
    password = secret(environ, "TFCHANGE_REGISTER_PASSWORD")
    there = register.look(register_url(settings, environ), password)
    watched = Rehearsed(there or Empty("register"))
    return Connected(watched, lambda: watched.calls)


def _jira(settings: Settings, environ: Environ, rehearsal: bool) -> Connected:
    from tfchange.jira import desk as jira

    config = msgspec.convert(given("jira", settings, environ), jira.JiraConfig)
    if not rehearsal:
        return Connected(jira.connect(config), list)
    from tfchange.http import Rehearsal

    stage = Rehearsal(jira.pretend, is_read=jira.is_read)
    return Connected(jira.connect(config, transport=stage), lambda: stage.calls)


def _servicenow(settings: Settings, environ: Environ, rehearsal: bool) -> Connected:
    from tfchange.servicenow import desk as servicenow

    config = msgspec.convert(given("servicenow", settings, environ), servicenow.ServiceNowConfig)
    if not rehearsal:
        return Connected(servicenow.connect(config), list)
    from tfchange.http import Rehearsal

    stage = Rehearsal(servicenow.pretend, is_read=servicenow.is_read)
    return Connected(servicenow.connect(config, transport=stage), lambda: stage.calls)


def examine(name: str, settings: Settings, environ: Environ) -> "Examination":
    """What an examination of the desk of that name finds."""
    if name == "jira":
        from tfchange.jira import desk as jira
        from tfchange.jira import doctor as at_jira

        site = msgspec.convert(given(name, settings, environ), jira.JiraConfig)
        return at_jira.examine(site)
    if name == "servicenow":
        from tfchange.servicenow import desk as servicenow
        from tfchange.servicenow import doctor as at_servicenow

        instance = msgspec.convert(given(name, settings, environ), servicenow.ServiceNowConfig)
        return at_servicenow.examine(instance)
    from tfchange.register import doctor as at_register

    password = secret(environ, "TFCHANGE_REGISTER_PASSWORD")
    return at_register.examine(register_url(settings, environ), password)
