"""A real Prometheus as a child process: our rules, our jobs, the addresses of a running city."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from pathlib import Path
from subprocess import Popen
from typing import Any

import yaml

from deploy.city import City
from deploy.processes import StartFailed, answers, free_port, last_lines, spawn, stop, wait_until
from tests.integration.metrics.programs import PROMETHEUS, RULES

PROGRAM = "/usr/bin/prometheus"
START_SECONDS = 60.0
QUICK = "1s"
"""Scrapes and evaluations follow quickly, so that a test need not wait; figures are cached for seconds all the same."""
RATE_INTERVAL = "30s"


class Prometheus:
    """Scrapes `city` from `start` on; everything it keeps is under `folder`."""

    def __init__(self, city: City, folder: Path) -> None:
        self.city = city
        self.folder = folder
        self.port = free_port()
        self._process: Popen[bytes] | None = None

    def start(self) -> None:
        """Returns once it answers. Raises `StartFailed`."""
        configuration = self.folder / "prometheus.yml"
        configuration.write_text(yaml.safe_dump(self._configuration()))
        command = [
            PROGRAM,
            f"--config.file={configuration}",
            f"--storage.tsdb.path={self.folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
        ]
        log = self.folder / "prometheus.log"
        self._process = spawn(command, log=log)
        if not wait_until(lambda: answers(f"{self.url}/-/ready"), START_SECONDS):
            raise StartFailed(last_lines(log))

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The samples of an expression now. An error, or a warning, fails the test with Prometheus' own words."""
        parameters = urllib.parse.urlencode({"query": expression.replace("$__rate_interval", RATE_INTERVAL)})
        answer = self._get(f"/api/v1/query?{parameters}")
        assert answer["status"] == "success", (expression, answer)
        assert not answer.get("warnings"), (expression, answer)
        samples: list[dict[str, Any]] = answer["data"]["result"]
        return samples

    def rules(self) -> list[dict[str, Any]]:
        """All rules as it knows them, with the health of each."""
        return [rule for group in self._get("/api/v1/rules")["data"]["groups"] for rule in group["rules"]]

    def _get(self, path: str) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=10) as response:
                answer: dict[str, Any] = json.load(response)
        except urllib.error.HTTPError as error:
            answer = json.load(error)
        return answer

    def _configuration(self) -> dict[str, Any]:
        """The committed one with the city's addresses in place of the containers'."""
        committed: dict[str, Any] = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
        return {
            "global": {"scrape_interval": QUICK, "evaluation_interval": QUICK},
            "rule_files": [str(RULES)],
            "scrape_configs": [
                {"job_name": job["job_name"], "static_configs": [self._address(target) for target in _targets(job)]}
                for job in committed["scrape_configs"]
                if job["job_name"] != "rabbitmq"
            ],
        }

    def _address(self, target: str) -> dict[str, Any]:
        process = target.partition(":")[0]
        return {
            "targets": [urllib.parse.urlsplit(self.city.health_url(process)).netloc],
            "labels": {"process": process},
        }


def _targets(job: dict[str, Any]) -> list[str]:
    return [target for group in job["static_configs"] for target in group["targets"]]
