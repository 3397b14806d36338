"""``lead-mock`` and ``python -m mock_server``."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line. Loading it takes a while, in which somebody may press Ctrl-C already."""
    try:
        from mock_server import cli

        return cli.main()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
