#!/usr/bin/env python
"""Django's command-line entry point."""

import importlib
import os
import sys
from pathlib import Path

VAR = Path(__file__).resolve().parent / "var"


def main() -> None:
    refuse_root(VAR)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    execute_from_command_line(sys.argv)


def refuse_root(var: Path) -> None:
    """Ends as root where `var` is another account's, which could not write to the files that root would leave there."""
    if os.geteuid() != 0 or not var.is_dir() or var.stat().st_uid == 0:
        return
    from helpdesk.variables import account

    owner = account(var.stat().st_uid)
    sys.exit(
        f"网站用 {owner} 这个账号运行，用 root 运行这条命令会留下网站写不了的文件，所以没有运行；"
        f"请改用 peixun {' '.join(sys.argv[1:])}，它会自己换成 {owner}（还没有这条命令的，运行 deploy/peixun）。"
    )


if __name__ == "__main__":
    main()
