"""``lead-conformance`` and ``python -m conformance``."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line. Loading it takes a while, in which somebody may press Ctrl-C already."""
    try:
        from conformance import cli

        return cli.main()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
