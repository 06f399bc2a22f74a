"""The channels by the kind of effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flow_engine.outside import http, mail
from flow_engine.outside.channel import Channel

CHANNELS: Final[Mapping[str, Channel]] = {"http": http.send, "mail": mail.send}
