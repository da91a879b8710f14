#!/usr/bin/env python
"""The command line of the dispatch centre."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangcheng.settings")
    from wangcheng.commandline import execute

    execute(sys.argv)


if __name__ == "__main__":
    main()
