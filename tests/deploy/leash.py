"""Processes that end with whoever started them, even where that one was killed."""

from __future__ import annotations

import os
import pwd
import shutil


def leashed(*command: str, as_nobody: bool = False) -> list[str]:
    """The command, which gets SIGTERM when the thread that starts it ends; `as_nobody`: run by nobody where we are root.

    A program that changes its user by itself loses the leash. Without `setpriv` (not a Linux) there is none.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return list(command)
    nobody = pwd.getpwnam("nobody")
    user = [f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"] if as_nobody and os.geteuid() == 0 else []
    return [setpriv, *user, "--pdeathsig=TERM", "--", *command]
