"""Settings: the environment, read once, as one frozen object.

Owns names, defaults and limits of every `DOUGONG_…` variable. A wrong value stops the start with one sentence.
"""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from engine.db import DEFAULT_TIME_ZONE
from engine.errors import DomainError
from engine.identity.passwords import PasswordPolicy
from engine.logs import Form, Level
from engine.texts import DEFAULT_LANGUAGE, Language

PREFIX = "DOUGONG_"
MEGABYTE = 1024 * 1024


class WrongSetting(DomainError):
    """A setting has a value that cannot be; `params` name it and say why."""

    code = "setting_wrong"


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


class Settings(BaseSettings):
    """Everything that can be set. Times are in the unit of their name."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True, extra="ignore")

    database_url: str | None = Field(default=None, repr=False, description="A PostgreSQL ≥ 15; unset: an embedded one")
    data_dir: Annotated[Path, AfterValidator(_absolute)] = Field(
        default=Path("var"), validate_default=True, description="Files, keys and the embedded database"
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="Address to bind")
    port: int = Field(default=8000, ge=0, le=65535, description="Port; 0 takes a free one")
    base_url: str | None = Field(default=None, description="Address under which people reach the platform")
    secret_key: SecretStr | None = Field(
        default=None, min_length=32, description="Signs links; unset: made on first start"
    )
    demo: bool = Field(default=False, description="Demo apps and sign-ins; loopback only")
    workers: int = Field(default=2, ge=0, le=64, description="Threads for each kind of jobs in a process; 0: none")
    pool_size: int = Field(default=10, ge=1, le=200, description="Database connections a process keeps for requests")
    request_seconds: int = Field(default=30, ge=1, le=3600, description="A request's statement that needs longer stops")
    report_pool_size: int = Field(default=4, ge=1, le=100, description="Database connections for reports, beside those")
    report_seconds: int = Field(default=20, ge=1, le=3600, description="A report that needs longer is stopped")
    report_memory_mb: int = Field(
        default=64, ge=4, le=4096, description="Memory for each sort or grouping of a report, in MB"
    )
    smtp_url: str | None = Field(default=None, repr=False, description="smtp://user:password@host:587, or smtps://")
    mail_from: str | None = Field(
        default=None, pattern=r"^[^@\s]+@[^@\s]+$", description="Address that mail comes from"
    )
    http_allow: str = Field(default="", description="host:port,… inside the own network that flows may call")
    time_zone: str = Field(default=DEFAULT_TIME_ZONE, description="By whose wall clock a day begins: Asia/Shanghai")
    log_format: Form = Field(default="auto", description="json, text, or auto: text on a terminal, else JSON")
    log_level: Level = Field(
        default="info", description="Least level of our own log lines: debug, info, warning, error"
    )
    metrics_token: SecretStr | None = Field(
        default=None, min_length=16, description="Whoever has it may read /metrics from elsewhere"
    )
    metrics_host: str = Field(
        default="127.0.0.1", min_length=1, description="Address of a worker's /metrics and /healthz"
    )
    metrics_port: int | None = Field(
        default=None, ge=0, le=65535, description="Port of a worker's /metrics and /healthz; unset: nobody listens"
    )
    min_disk_mb: int = Field(default=1024, ge=0, description="Less free disk than this is told of, in MB")
    reserve_mb: int = Field(
        default=64, ge=0, description="Less free disk than this under the embedded database, in MB: changes are refused"
    )
    language: Language = Field(default=DEFAULT_LANGUAGE, description="Language of those who chose none")
    max_body_mb: int = Field(default=1, ge=1, le=1024, description="Largest JSON body, in MB")
    max_file_mb: int = Field(default=50, ge=1, le=10_240, description="Largest uploaded file, in MB")
    max_import_mb: int = Field(default=200, ge=1, le=10_240, description="Largest file of an import, in MB")
    password_memory_kib: int = Field(
        default=19_456, ge=8, le=1_048_576, description="Memory of one password hash, in KiB"
    )
    password_passes: int = Field(default=2, ge=1, le=20, description="Passes of one password hash")
    password_length: int = Field(default=8, ge=1, le=128, description="Shortest password outside demo mode")

    @field_validator("database_url")
    @classmethod
    def _postgresql(cls, url: str | None) -> str | None:
        # psycopg2 by name: SQLAlchemy 2.1 would take psycopg 3 for a plain postgresql://.
        if url is None:
            return None
        scheme, separator, rest = url.partition("://")
        if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg2"):
            raise ValueError("write postgresql://user:password@host:5432/database")
        return f"postgresql+psycopg2://{rest}"

    @field_validator("base_url")
    @classmethod
    def _web_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("write https://name or http://name:port")
        return url.rstrip("/")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ValueError, OSError, LookupError) as error:  # a path; not found
            raise ValueError("write a name of the IANA time zone database, such as Europe/Berlin") from error
        return name

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, url: str | None) -> str | None:
        if url is not None and not re.fullmatch(r"smtps?://\S+", url):
            raise ValueError("write smtp://user:password@host:587 or smtps://…")
        return url

    @field_validator("http_allow")
    @classmethod
    def _inside_hosts(cls, hosts: str) -> str:
        if hosts and not all(re.fullmatch(r"[^\s:,/]+:\d{1,5}", one.strip()) for one in hosts.split(",")):
            raise ValueError("write host:port, several with commas between")
        return hosts

    @model_validator(mode="after")
    def _demo_stays_here(self) -> Settings:
        if self.demo and not self.is_loopback:
            raise ValueError("demo sign-ins are public, so demo mode serves on 127.0.0.1 alone")
        return self

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def is_https(self) -> bool:
        """Whether people reach the platform by https, so that cookies may say so."""
        return self.base_url is not None and self.base_url.startswith("https:")

    @property
    def http_allowed(self) -> frozenset[str]:
        """Hosts inside the own network that flows may call, as `host:port`."""
        return frozenset(one.strip().lower() for one in self.http_allow.split(",") if one.strip())

    @property
    def max_body_bytes(self) -> int:
        """The largest JSON body in bytes."""
        return self.max_body_mb * MEGABYTE

    @property
    def max_file_bytes(self) -> int:
        """The largest uploaded file in bytes."""
        return self.max_file_mb * MEGABYTE

    @property
    def max_import_bytes(self) -> int:
        """The largest file of an import in bytes."""
        return self.max_import_mb * MEGABYTE

    @property
    def password_policy(self) -> PasswordPolicy:
        """What passwords cost and must be; demo passwords are short."""
        return PasswordPolicy(
            memory_kib=self.password_memory_kib,
            passes=self.password_passes,
            minimum_length=4 if self.demo else self.password_length,
        )


def load(**given: Any) -> Settings:
    """Return the settings of the environment; `given` (a command's options) count more. Raises `WrongSetting`."""
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else "demo"
        # Never the value: it may be a password.
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise WrongSetting(name=f"{PREFIX}{name.upper()}", reason=reason) from error
