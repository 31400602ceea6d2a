"""What a web worker loads; a worker ends with the server that started it, however that one ended."""

import multiprocessing
import os

from django.core.wsgi import get_wsgi_application

from regulars.core import processes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
_server = multiprocessing.parent_process()
if _server is not None and _server.pid is not None:
    processes.end_with(_server.pid)

application = get_wsgi_application()
