"""gunicorn in production: `gunicorn --config deploy/gunicorn.conf.py wangcheng.wsgi:application`.

A few processes with threads: pages are short, an upload or a download holds one thread, and each thread keeps its
database connection (CONN_MAX_AGE).  TLS, buffering of slow clients and large bodies are the proxy's.
"""

import os
import shutil
import tempfile
from typing import Any

# one directory per start, where the processes share their counters; prometheus_client looks for it when imported
COUNTERS = os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="wangcheng-metrics-")

bind = os.environ.get("BIND", "0.0.0.0:8000")
workers = int(os.environ.get("WEB_PROCESSES", str(min(8, 2 * (os.cpu_count() or 1)))))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 30
max_requests = 5000
max_requests_jitter = 500
worker_tmp_dir = "/dev/shm"  # the heartbeat must not wait for a disk
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
control_socket_disable = True


def child_exit(server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    shutil.rmtree(COUNTERS, ignore_errors=True)
