"""``python -m regulars`` is the same program as ``regulars``; children are started this way."""

import sys

from regulars.web.commands import main

if __name__ == "__main__":
    sys.exit(main())
