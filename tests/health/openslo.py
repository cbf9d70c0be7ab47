"""OpenSLO files for tests."""

from pathlib import Path
from textwrap import dedent

SLO = """
apiVersion: openslo/v1
kind: SLO
metadata: {name: checkout, displayName: Checkout availability}
spec:
  service: shop
  indicator:
    metadata: {name: checkout-success}
    spec:
      ratioMetric:
        counter: true
        bad:
          metricSource:
            type: Prometheus
            spec: {query: 'sum(shop_requests_total{code="500"})'}
        total: {metricSource: {type: Prometheus, spec: {query: sum(shop_requests_total)}}}
  timeWindow: [{duration: 12h, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.99}]
"""
OTHERS = """
apiVersion: openslo/v1
kind: Service
metadata: {name: shop}
---
apiVersion: openslo/v1
kind: DataSource
metadata: {name: main}
spec: {type: Prometheus, connectionDetails: {url: http://prometheus.example.com}}
---
apiVersion: openslo/v1
kind: SLI
metadata: {name: latency}
spec:
  thresholdMetric:
    metricSource: {metricSourceRef: main, spec: {query: shop_latency_seconds}}
"""
REFERRING = """
- apiVersion: openslo/v1
  kind: SLO
  metadata: {name: latency}
  spec:
    service: shop
    indicatorRef: latency
    timeWindow:
      - duration: 1M
        calendar: {startTime: 2024-01-01 00:00:00, timeZone: Europe/Paris}
    budgetingMethod: Occurrences
    objectives: [{displayName: Quick, op: lte, value: 0.5, targetPercent: 99.5}]
"""


def write(folder: Path, **files: str) -> list[str]:
    """Files with these texts; returned are their paths."""
    paths = []
    for name, text in files.items():
        path = folder / f"{name}.yaml"
        path.write_text(dedent(text))
        paths.append(str(path))
    return paths
