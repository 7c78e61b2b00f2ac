"""Every metric of the engine, declared in one place. Units are in the names."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_STAGE_BUCKETS_S = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.9, 1.2, 1.6, 2.5, 5.0)
"""Around the targets: 0.35 s typed, 0.6 s spoken, 0.9 s at the 95th percentile."""


class Metrics:
    """The engine's metrics on a registry of their own, so that tests can make many."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.sessions = Gauge("tutor_sessions", "Live lessons.", registry=self.registry)
        self.seats = Gauge("tutor_seats", "Seats of this node.", registry=self.registry)
        self.refused = Counter(
            "tutor_refused_total", "Requests and messages refused.", ["code"], registry=self.registry
        )
        self.stage_s = Histogram(
            "tutor_stage_seconds",
            "End of the question to the end of each stage.",
            ["stage"],
            buckets=_STAGE_BUCKETS_S,
            registry=self.registry,
        )
        self.restarts = Counter(
            "tutor_worker_restarts_total", "Worker processes that died.", ["worker"], registry=self.registry
        )
