"""A home of its own for every test process, set before Django reads its settings: no test touches `var/`."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

HOME = tempfile.mkdtemp(prefix="regulars-tests-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ["REGULARS_HOME"] = HOME
