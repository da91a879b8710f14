"""The container's health check: asks /healthz under a name that ALLOWED_HOSTS accepts.  Exit code 0 means healthy."""

import os
import sys
from http.client import HTTPConnection

name = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".").replace("*", "") or "localhost"
connection = HTTPConnection("127.0.0.1", int(os.environ.get("BIND", ":8000").rpartition(":")[2]), timeout=4)
try:
    connection.request("GET", "/healthz", headers={"Host": name})
    sys.exit(connection.getresponse().status != 200)
except OSError:
    sys.exit(1)
