"""Figures for the operator, in the text format of Prometheus.

The format: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

import os
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

PREFIX = "digit_sketchpad_"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)  # seconds
HELP = {
    "verifications": "Drawings that PyTorch answered, at pen-up.",
    "images": "Images that the API answered.",
    "jobs": "Training jobs, by how they ended.",
    "rejections": "Requests and connections that were not served, by the reason.",
    "faults": "Requests that led to an exception.",
}


LABELS = {"jobs": "state", "rejections": "reason"}


class Metrics:
    """Counts what happens; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter({(name, ""): 0 for name in HELP if name not in LABELS})
        self._latency, self._seconds = Counter[int](), 0.0
        self._started = time.time()

    def count(self, name: str, label: str = "") -> None:
        """Count an event of one of the names in HELP."""
        with self._lock:
            self._counts[name, label] += 1

    def verified(self, seconds: float) -> None:
        """Count a drawing, and how long its answer took from the request's arrival on."""
        with self._lock:
            self._counts["verifications", ""] += 1
            self._latency[bisect_left(BUCKETS, seconds)] += 1
            self._seconds += seconds

    def text(self, gauges: dict[str, Callable[[], float]]) -> str:
        """All figures.

        Args:
            gauges: what is asked for at this moment, by name.
        """
        with self._lock:
            counts, latency, seconds = dict(self._counts), self._latency.copy(), self._seconds
        lines = []
        for name, meaning in HELP.items():
            full = f"{PREFIX}{name}_total"
            lines += [f"# HELP {full} {meaning}", f"# TYPE {full} counter"]
            for (counted, label), count in sorted(counts.items()):
                if counted == name:
                    lines.append(f'{full}{{{LABELS[name]}="{label}"}} {count}' if label else f"{full} {count}")
        full = f"{PREFIX}verification_seconds"
        lines += [f"# HELP {full} From a drawing's arrival to its answer.", f"# TYPE {full} histogram"]
        below = list(accumulate(latency[i] for i in range(len(BUCKETS) + 1)))
        for bound, count in zip([*map(str, BUCKETS), "+Inf"], below, strict=True):
            lines.append(f'{full}_bucket{{le="{bound}"}} {count}')
        lines += [f"{full}_sum {seconds:.6f}", f"{full}_count {below[-1]}"]
        for name, value in gauges.items():
            lines += [f"# TYPE {PREFIX}{name} gauge", f"{PREFIX}{name} {value()}"]
        lines += ["# TYPE process_start_time_seconds gauge", f"process_start_time_seconds {self._started:.3f}"]
        times = os.times()
        lines += ["# TYPE process_cpu_seconds_total counter", f"process_cpu_seconds_total {times.user + times.system}"]
        if (memory := resident_bytes()) is not None:
            lines += ["# TYPE process_resident_memory_bytes gauge", f"process_resident_memory_bytes {memory}"]
        return "\n".join(lines) + "\n"


metrics = Metrics()  # one for the whole process


def resident_bytes() -> int | None:
    """The memory that this process has; None where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None
