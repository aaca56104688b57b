"""Logs and metrics that can hold nothing personal: method, route pattern, status, milliseconds. No bodies, no queries.

Not even the path of a page is logged where it holds an id of a person's: the route's pattern is (`/services/{id}`).
"""

import json
import logging
import sys
from collections import Counter, defaultdict

from directory.settings import Settings

log = logging.getLogger("directory")

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": self.formatTime(record),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def set_up_logging(settings: Settings) -> None:
    """One handler on stderr. Access logs of the server stay off: they would hold query strings."""
    handler = logging.StreamHandler(sys.stderr)
    text = logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")
    handler.setFormatter(JsonFormatter() if settings.log_format == "json" else text)
    log.handlers[:] = [handler]
    log.setLevel(settings.log_level.upper())
    log.propagate = False


class Metrics:
    """Counters of one process, in the Prometheus text format at `/metrics`."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.buckets: Counter[tuple[str, float]] = Counter()
        self.counts: Counter[str] = Counter()
        self.gauges: dict[str, float] = {}

    def saw(self, method: str, route: str, status: int, seconds: float) -> None:
        self.requests[(method, route, status)] += 1
        self.seconds[route] += seconds
        for bucket in BUCKETS:
            if seconds <= bucket:
                self.buckets[(route, bucket)] += 1
                break

    def text(self) -> str:
        lines = ["# TYPE directory_requests_total counter"]
        totals: Counter[str] = Counter()
        for (method, route, status), count in sorted(self.requests.items()):
            totals[route] += count
            labels = f'method="{method}",route="{route}",status="{status}"'
            lines.append(f"directory_requests_total{{{labels}}} {count}")
        lines.append("# TYPE directory_request_seconds histogram")
        for route, count in sorted(totals.items()):
            below = 0
            for bucket in BUCKETS:
                below += self.buckets[(route, bucket)]
                lines.append(f'directory_request_seconds_bucket{{route="{route}",le="{bucket}"}} {below}')
            lines.append(f'directory_request_seconds_bucket{{route="{route}",le="+Inf"}} {count}')
            lines.append(f'directory_request_seconds_sum{{route="{route}"}} {self.seconds[route]:.6f}')
            lines.append(f'directory_request_seconds_count{{route="{route}"}} {count}')
        lines += [f"directory_{name}_total {count}" for name, count in sorted(self.counts.items())]
        lines += [f"directory_{name} {value}" for name, value in sorted(self.gauges.items())]
        return "\n".join(lines) + "\n"
