"""From the environment and `.env` to `Settings`, or to every fault at once. The only reader of either.

The environment takes precedence over `.env`. No fault quotes a value.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from novacore import private_files
from novacore.errors import SettingsError
from novacore.settings import misspellings, rules, secret_files, values
from novacore.settings.env_file import clean, read_env_file
from novacore.settings.model import Settings
from novacore.settings.redis_url import checks_certificates
from novacore.states import PaymentMethod

_SETTINGS = {
    str(field.validation_alias or name): field for name, field in Settings.model_fields.items() if field.description
}
_CAPITALS = {name.upper() for name in (*_SETTINGS, *secret_files.FILE_NAMES)}
_LIVE = [name for name, field in _SETTINGS.items() if field.json_schema_extra]
_REHEARSAL = {
    "discord_token": "cmVoZWFyc2Fs.cmVo.cmVoZWFyc2Fs",
    **{name: str(10**17 + number) for number, name in enumerate(_LIVE) if "_id" in name},
    **{method.row.setting: method.row.example for method in PaymentMethod},
}


def load_settings(env_file: Path = Path(".env"), *, live: bool = True, require_broker: bool = False) -> Settings:
    """Read and check every setting. Raises SettingsError with all faults at once, none quoting a value.

    `live=False` is for commands that meet neither Discord nor a customer (migrate, export): the shop's own settings
    may then be missing, and stay empty. `require_broker` is for a process that works next to the bot's.
    """
    file = read_env_file(env_file)
    in_file = secret_files.resolve({name.lower(): value for name, value in file.values.items()})
    outside = secret_files.resolve(_environment())
    given = in_file.values | outside.values
    required = {} if file.is_unread else _required(given, live=live)
    unread = in_file.faults | outside.faults
    wanted = {name: fix for name, fix in required.items() if name.upper() not in file.unread and name not in unread}
    hints = _hints(in_file.values, given, wanted)
    settings = _build(given, (*file.faults, *unread.values()), wanted, hints, require_broker=require_broker)
    return settings.model_copy(update={"warnings": (*settings.warnings, *hints, *_readable_by_others(env_file))})


def likely_misspellings(env_file: Path = Path(".env")) -> list[str]:
    """Name what was likely meant to be a setting of a live shop, before a rehearsal starts for want of a token."""
    in_file = secret_files.resolve({name.lower(): value for name, value in read_env_file(env_file).values.items()})
    given = in_file.values | secret_files.resolve(_environment()).values
    return [*_hints(in_file.values, given, _required(given, live=True)), *_another_file(env_file)]


def has_token(env_file: Path = Path(".env")) -> bool:
    """Tell whether a bot token is set: live, or else a rehearsal. Raises SettingsError for a file that says nothing."""
    file = read_env_file(env_file)
    given = _environment().keys() | {name.lower() for name in file.values}
    if given & {"discord_token", "discord_token_file"}:
        return True
    if file.faults:
        raise SettingsError(file.faults)
    return False


def is_in_image() -> bool:
    """Tell whether this runs in the project's image: the shop's data is in a volume then, and not in this folder."""
    return bool(os.environ.get("NOVACORE_IMAGE"))


def given_values(env_file: Path = Path(".env")) -> dict[str, str]:
    """Return the text of every setting that is given, cleaned and unchecked, by name in small letters.

    Raises SettingsError for a file that can't be read, or not wholly: nobody knows then what it says.
    Secrets in files of their own are read in.
    """
    file = read_env_file(env_file)
    in_file = secret_files.resolve({name.lower(): value for name, value in file.values.items()})
    outside = secret_files.resolve(_environment())
    if faults := [*file.faults, *in_file.faults.values(), *outside.faults.values()]:
        raise SettingsError(faults)
    given = in_file.values | outside.values
    return {name: value for name, value in given.items() if name in _SETTINGS}


def face_given(env_file: Path = Path(".env")) -> dict[str, str]:
    """Return the settings by which a rehearsal looks like the shop, unchecked, by name in capitals."""
    in_file, outside = read_env_file(env_file).values, _environment()
    found = {name: outside.get(name.lower()) or in_file.get(name, "") for name in ("SHOP_NAME", "SHOP_COLOUR")}
    return {name: value for name, value in found.items() if value}


def is_in_environment(name: str) -> bool:
    """Tell whether the environment gives this setting, so that `.env` is not asked for it."""
    return name in _environment()


def is_in_secret_file(name: str, env_file: Path = Path(".env")) -> bool:
    """Tell whether a setting stands in a file that NAME_FILE names, there or in the environment."""
    return f"{name}_file" in _environment() or f"{name}_FILE".upper() in read_env_file(env_file).values


def fault_of(name: str, text: str, given: Mapping[str, str]) -> str | None:
    """Return what `load_settings` would say of this text for a setting, next to the others; None if it is fine.

    The text is clean (`env_file.clean`). The sentence does not quote it.
    """
    others = {one: value for one, value in given.items() if one in _SETTINGS and one != name}
    together = others | {name: text}
    if damaged := rules.damaged({name: text}):
        return damaged[name]
    refused = _validated(together)[1].get(name)
    known = set(rules.clashes(others))
    return refused or next((one for one in rules.clashes(together) if one not in known), None)


def rehearsal_settings(folder: Path, ids: Mapping[str, int | str]) -> Settings:
    """Make settings for a shop that is not real: example addresses, SQLite and logs in `folder`.

    `ids` are settings by name: the ids of the rehearsal's channels and roles, and whatever else must differ. The
    environment is not looked at. Raises SettingsError.
    """
    given = dict(_REHEARSAL)
    given |= {"database_path": str(folder / "novacore.db"), "log_dir": str(folder / "logs")}
    given |= {name.lower(): clean(str(value)) for name, value in ids.items()}
    if unknown := sorted(given.keys() - _SETTINGS.keys()):
        raise SettingsError([f"{name.upper()} is not a setting." for name in unknown])
    return _build(given, (), _required(given, live=True), (), require_broker=False)


def _hints(in_file: Iterable[str], given: Mapping[str, str], required: Iterable[str]) -> list[str]:
    missing = [name for name in required if name not in given]
    # Of the environment only what is about Discord: the rest of it is for other programs.
    elsewhere = [name.lower() for name in os.environ if name not in _CAPITALS and misspellings.is_a_token(name)]
    found = misspellings.hints([*in_file, *elsewhere], _SETTINGS, missing, given)
    odd_case = [name for name in os.environ if name.lower() in missing]
    return [*found, *(f"{name} in the environment is ignored. Write it as {name.upper()}." for name in odd_case)]


def _another_file(env_file: Path) -> Iterator[str]:
    """Name a settings file that was saved under another name, where there is none under the right one."""
    others = (env_file.with_name(name) for name in (".env.txt", "env.txt", "env", ".env.env", ".env.local"))
    if not env_file.exists():
        yield from (f"There is no {env_file}, but {one} is there. Rename it." for one in others if one.is_file())


def _environment() -> dict[str, str]:
    """Settings that the environment gives, cleaned, without empty ones."""
    names = (*_SETTINGS, *secret_files.FILE_NAMES)
    given = {name: clean(os.environ.get(name.upper(), "")) for name in names}
    return {name: value for name, value in given.items() if value}


def _build(
    given: Mapping[str, str],
    faults: Sequence[str],
    required: Mapping[str, str],
    hints: Sequence[str],
    *,
    require_broker: bool,
) -> Settings:
    given = {name: value for name, value in given.items() if name in _SETTINGS}
    damaged = rules.damaged(given)
    sound = {name: value for name, value in given.items() if name not in damaged}
    settings, refused = _validated(sound)
    found = [
        *faults,
        *damaged.values(),
        *rules.missing(given, required),
        *refused.values(),
        *rules.clashes(sound),
        *rules.processes(given, require_broker=require_broker),
        *_storage_faults({name: value for name, value in sound.items() if name not in refused}),
    ]
    if settings is None or found:
        raise SettingsError([*found, *hints])
    return settings.model_copy(update={"warnings": (*_address_warnings(settings), *_broker_warnings(settings))})


def _required(given: Mapping[str, str], *, live: bool) -> dict[str, str]:
    names = [*(_LIVE if live else []), *([] if "database_url" in given else ["database_path"]), "log_dir"]
    return {name: _fix(name) for name in names}


def _fix(name: str) -> str:
    return _SETTINGS[name].description or ""


def _validated(given: Mapping[str, str]) -> tuple[Settings | None, dict[str, str]]:
    """Return the settings, or a sentence for each value that cannot be used."""
    try:
        return Settings.model_validate(given), {}
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        return None, {str(one["loc"][0]): _sentence(str(one["loc"][0]), one) for one in found}


def _sentence(name: str, error: ErrorDetails) -> str:
    problem = error.get("ctx", {}).get("error", "cannot be used.")
    return f"{name.upper()} {problem} {_fix(name)}"


def _storage_faults(given: Mapping[str, str]) -> Iterator[str]:
    database = None if "database_url" in given else given.get("database_path")
    logs = given.get("log_dir")
    yield from rules.storage(values.path(database) if database else None, values.path(logs) if logs else None)


def _address_warnings(settings: Settings) -> Iterator[str]:
    for method, address in settings.payment_addresses.items():
        if address.warning:
            yield f"{method.upper()}_ADDRESS {address.warning}"


def _broker_warnings(settings: Settings) -> Iterator[str]:
    if settings.celery_broker_url and not checks_certificates(settings.celery_broker_url.get_secret_value()):
        yield (
            "CELERY_BROKER_URL turns off the check of Redis's certificate, so anyone on the way there can read and "
            "change what is sent. Give your own certificate authority with ssl_ca_certs=/path/to/ca.pem instead."
        )


def _readable_by_others(env_file: Path) -> Iterator[str]:
    if env_file.is_file() and private_files.is_open(env_file.stat().st_mode):
        yield f"{env_file} can be read by others on this machine. Run: chmod 600 {env_file}"
