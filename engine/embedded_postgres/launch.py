"""Becomes a PostgreSQL program: runs as its own small process, takes on an account, then executes the program.

    python -I -S launch.py '{"account": …, "parent": 123, "death_signal": 2, "session": true}' program argument…

A process of its own, because what must happen between fork and exec (credentials, namespaces) is not safe inside a
parent with threads. Standard library only; imports nothing of the product.

PostgreSQL refuses to run as root, so root becomes somebody else first, in one of two ways:

* `{"namespace": true}`: a user namespace in which root is called 65534. Files stay root's.
* `{"user": uid, "group": gid}`: that account, keeping the one capability to reach the data folder and the binaries
  where they are (root's home is closed to everybody else).
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from pathlib import Path

_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_PR_SET_SECUREBITS = 28
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_OVERRIDE = 1
_CAP_SETPCAP = 8
_CAPABILITY_VERSION_3 = 0x20080522
#: What root is called inside the namespace: any number but 0.
_INNER_ID = 65534


def main(arguments: list[str]) -> None:
    """Take on what the first argument says, then execute the rest."""
    plan = json.loads(arguments[0])
    command = arguments[1:]
    if plan.get("session"):
        os.setsid()
    account = plan.get("account") or {}
    if account.get("namespace"):
        enter_namespace()
    elif "user" in account:
        become(account["user"], account["group"])
    if plan.get("death_signal") and sys.platform == "linux":
        # After the change of account, which clears it.
        _call("prctl", _PR_SET_PDEATHSIG, plan["death_signal"])
        if os.getppid() != plan["parent"]:
            sys.exit("the process that wanted a server is gone")
    if command:
        os.execve(command[0], command, os.environ)


def enter_namespace() -> None:
    """Enter a new user namespace in which this account has the number 65534. Raises `OSError` where forbidden."""
    user, group = os.geteuid(), os.getegid()
    _call("unshare", _CLONE_NEWUSER)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{_INNER_ID} {user} 1")
    _write("/proc/self/gid_map", f"{_INNER_ID} {group} 1")


def become(user: int, group: int) -> None:
    """Become an ordinary account that can still reach every folder, if this machine lets it."""
    keeps = sys.platform == "linux" and _has_capabilities(_CAP_DAC_OVERRIDE, _CAP_SETPCAP)
    if keeps:
        # Else capabilities go with the user id, and access(2), by which PostgreSQL looks for its own programs, would
        # not count them afterwards.
        _call("prctl", _PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)
    if keeps:
        # Permitted and ambient sets must be equal, or the loader distrusts the libraries beside the binaries.
        bit = 1 << _CAP_DAC_OVERRIDE
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
        sets = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
        _call("capset", ctypes.byref(header), ctypes.byref(sets))
        _call("prctl", _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0)


def _has_capabilities(*numbers: int) -> bool:
    status = Path("/proc/self/status").read_text("ascii", errors="replace")
    lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    effective = int(lines.get("CapEff", "0"), 16)
    return all(effective >> number & 1 for number in numbers)


def _write(path: str, text: str) -> None:
    Path(path).write_text(text, "ascii")


def _call(name: str, *arguments: object) -> None:
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    if function(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


if __name__ == "__main__":
    main(sys.argv[1:])
