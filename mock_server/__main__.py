"""``python -m mock_server`` is ``lead-mock``."""

import sys

from mock_server.cli import main

sys.exit(main())
