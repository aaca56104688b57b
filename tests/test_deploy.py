"""The compose file and the image agree with the settings and the commands they use."""

from pathlib import Path

import yaml

from directory.cli import cli
from directory.settings import described

ROOT = Path(__file__).parents[1]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SETTINGS = {variable for variable, _, _ in described()}


def test_compose_names_only_settings_that_exist() -> None:
    for name, service in COMPOSE["services"].items():
        used = {key for key in service.get("environment", {}) if key.startswith("DIRECTORY_")}
        assert used <= SETTINGS, f"{name}: {used - SETTINGS}"


def test_compose_runs_replicas_a_worker_and_both_engines_behind_a_proxy() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"proxy", "web", "worker", "postgres", "meilisearch"}
    assert services["web"]["deploy"]["replicas"] >= 2
    assert services["web"]["environment"]["DIRECTORY_WORKER"] == "false"
    assert services["worker"]["environment"]["DIRECTORY_WORKER"] == "true"
    for name in ("web", "worker"):
        assert set(services[name]["depends_on"]) == {"postgres", "meilisearch"}


def test_everything_that_compose_mounts_or_waits_for_exists() -> None:
    services = COMPOSE["services"]
    for service in services.values():
        assert all(other in services for other in service.get("depends_on", {}))
        assert all(volume.split(":")[0] in COMPOSE["volumes"] for volume in service.get("volumes", []))


def test_the_image_copies_what_exists_and_starts_a_command_that_exists() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    for line in lines:
        if line.startswith("COPY") and "--from" not in line:
            assert all((ROOT / part).exists() for part in line.split()[1:-1]), line
    command = next(line for line in lines if line.startswith("CMD"))
    assert '"directory", "serve"' in command
    assert "serve" in cli.commands
