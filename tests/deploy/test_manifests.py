"""Compose, Prometheus, Grafana and the image: whole, pinned, speaking of settings and metrics that exist."""

import ast
import itertools
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from yamllint import linter
from yamllint.config import YamlLintConfig

from tests.deploy.overlay import PROBE_PORT, ROLES, ROOT, SERVICES, Tree, settings_names

METRIC = re.compile(r"\bdure_\w+")
OF_A_METRIC = re.compile(r"_(?:total|bucket|count|sum)$")
OF_EACH = ("PASSWORD", "OWNER_PASSWORD")
ENGINE_SETTINGS = {f"DURE_{service.upper()}_{what}" for service in SERVICES for what in OF_EACH}
"""What the compose file hands to the engines, not to the services."""

YAML_FILES = [
    *sorted(ROOT.glob("deploy/**/*.y*ml")),
    *sorted(ROOT.glob("programmes/*.yaml")),
    ROOT / "docker-compose.yml",
    ROOT / "docs/rules.yaml",
]


def relative(file: Path) -> str:
    """A file's name from the root on."""
    return file.relative_to(ROOT).as_posix()


def metric_names() -> set[str]:
    """The metrics that the code defines."""
    found = set()
    for file in [*ROOT.glob("libs/common/*.py"), *ROOT.glob("services/*/metrics.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and METRIC.fullmatch(node.value):
                found.add(node.value)
    return found


@pytest.mark.parametrize("file", YAML_FILES, ids=relative)
def test_yaml_is_clean(file: Path) -> None:
    """yamllint has nothing to say: no duplicate key, no stray indentation."""
    config = YamlLintConfig(file=str(ROOT / ".yamllint.yaml"))
    found = linter.run(file.read_text(encoding="utf-8"), config, str(file))
    assert [f"{relative(file)}:{p.line} {p.desc}" for p in found] == []


def test_compose_runs_each_service_three_ways(compose: Tree) -> None:
    """Each service migrates, then serves and works, out of its own image and database."""
    for service, role in itertools.product(SERVICES, ("migrate", *ROLES)):
        entry = compose["services"][f"{service}-{role}"]
        assert entry["command"] == [role]
        assert entry["build"]["args"] == {"SERVICE": service}
        role_of = f"{service}_owner" if role == "migrate" else service
        address = entry["environment"]["DURE_DATABASE_URL"]
        assert address.startswith(f"postgresql+asyncpg://{role_of}:"), "the owner migrates, the running role runs"
        assert address.endswith(f"@postgres/{service}")
        if role != "migrate":
            assert entry["depends_on"][f"{service}-migrate"] == {"condition": "service_completed_successfully"}


def test_compose_services_have_an_image_and_a_health(compose: Tree) -> None:
    """Each entry names an image or its build, pinned, and how its health is seen; one-shot entries say so."""
    for name, entry in compose["services"].items():
        assert "image" in entry or "build" in entry, name
        assert "build" in entry or re.search(r":v?\d", entry["image"]), f"{name}: a version, not latest"
        health = entry["healthcheck"]
        assert health.get("test") or (health == {"disable": True} and entry["restart"] == "no"), name
        for needed in entry.get("depends_on", {}):
            assert needed in compose["services"], name


def test_compose_needs_nothing_from_a_newcomer(compose: Tree) -> None:
    """Every variable has a default; a default password says that it is for development, and each role has its own."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    asked = re.findall(r"\$\{(\w+)(:-[^}]*)?", text)
    assert [name for name, default in asked if not default] == []
    passwords = {name: default for name, default in asked if name.endswith("PASSWORD")}
    assert all(default.startswith(":-dev-only-") for default in passwords.values())
    assert len(set(passwords.values())) == len(passwords) == 2 * len(SERVICES) + 3


def test_f_85_intakes_processes_share_one_folder(compose: Tree) -> None:
    """F-85: Api and worker of intake keep documents on one volume, in Compose and in Kubernetes."""
    mounted = {role: compose["services"][f"intake-{role}"]["volumes"] for role in ("api", "worker")}
    assert mounted["api"] == mounted["worker"] == ["intake-state:/var/lib/dure"]
    told = yaml.safe_load((ROOT / "deploy/k8s/base/intake/kustomization.yaml").read_text(encoding="utf-8"))
    of_both = [patch for patch in told["patches"] if patch["target"]["kind"] == "(Deployment|StatefulSet)"]
    assert any("persistentVolumeClaim: {claimName: state}" in patch["patch"] for patch in of_both)
    claim = yaml.safe_load((ROOT / "deploy/k8s/base/intake/storage.yaml").read_text(encoding="utf-8"))
    assert (claim["metadata"]["name"], claim["spec"]["accessModes"]) == ("state", ["ReadWriteMany"])
    for role in ("api", "worker"):
        told = yaml.safe_load((ROOT / f"deploy/k8s/base/service/{role}.yaml").read_text(encoding="utf-8"))
        process = told["spec"]["template"]["spec"]
        assert process["volumes"][1]["name"] == "state"
        mounts = {mount["name"]: mount["mountPath"] for mount in process["containers"][0]["volumeMounts"]}
        assert mounts["state"] == "/var/lib/dure"


def test_compose_volumes_are_declared(compose: Tree) -> None:
    """A named volume is declared, a mounted file is in the repository."""
    for name, entry in compose["services"].items():
        for volume in entry.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (ROOT / source).exists(), f"{name}: {source}"


def test_compose_sets_only_settings_that_exist(compose: Tree) -> None:
    """Every DURE_ variable handed to a container is one that somebody reads."""
    known = settings_names() | ENGINE_SETTINGS
    for name, entry in compose["services"].items():
        given = {variable for variable in entry.get("environment", {}) if variable.startswith("DURE_")}
        assert given <= known, name


def test_compose_publishes_on_the_loopback_only(compose: Tree) -> None:
    """Nothing listens on the network of the machine unless somebody asks for it."""
    for name, entry in compose["services"].items():
        assert all(port.startswith("127.0.0.1:") for port in entry.get("ports", [])), name


def test_prometheus_scrapes_every_process(compose: Tree) -> None:
    """Each api and worker of the compose file is a target, and no other."""
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))
    targets = [t for group in config["scrape_configs"][0]["static_configs"] for t in group["targets"]]
    assert sorted(targets) == sorted(
        f"{service}-{role}:{PROBE_PORT}" for service in SERVICES for role in ("api", "worker")
    )
    assert {target.split(":")[0] for target in targets} <= set(compose["services"])


@pytest.mark.parametrize("name", ["deploy/prometheus/rules.yml", "deploy/grafana/dashboards/dure.json"])
def test_metrics_that_are_looked_at_exist(name: str) -> None:
    """A rule or a panel on a metric that nobody tells would stay silent for ever."""
    known = metric_names()
    named = set(METRIC.findall((ROOT / name).read_text(encoding="utf-8")))
    assert named
    assert {metric for metric in named if metric not in known and OF_A_METRIC.sub("", metric) not in known} == set()


def test_alerts_say_what_is_wrong() -> None:
    """Each alert has an expression, a severity and a sentence."""
    groups = yaml.safe_load((ROOT / "deploy/prometheus/rules.yml").read_text(encoding="utf-8"))["groups"]
    alerts = [rule for group in groups for rule in group["rules"]]
    assert len({alert["alert"] for alert in alerts}) == len(alerts)
    for alert in alerts:
        assert alert["expr"]
        assert alert["labels"]["severity"] in {"page", "ticket"}
        assert alert["annotations"]["summary"]


def test_promtool_accepts_the_rules() -> None:
    """Prometheus' own checker reads rules and configuration."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed: the expressions are not parsed")
    rules = ROOT / "deploy/prometheus/rules.yml"
    done = subprocess.run([promtool, "check", "rules", rules], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def test_the_dashboard_is_whole() -> None:
    """Panels have their own ids, a title, a place that overlaps no other and a query."""
    dashboard = json.loads((ROOT / "deploy/grafana/dashboards/dure.json").read_text(encoding="utf-8"))
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = set(itertools.product(range(at["x"], at["x"] + at["w"]), range(at["y"], at["y"] + at["h"])))
        assert not cells & taken, panel["title"]
        taken |= cells
        assert panel["type"] == "row" or all(target["expr"] for target in panel["targets"]), panel["title"]


def test_the_image_is_unprivileged_and_knows_its_service() -> None:
    """The Dockerfile takes SERVICE, builds in a stage of its own and drops root."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith("FROM ") for line in lines) == 2
    assert "ARG SERVICE" in lines
    assert "USER 10001:10001" in lines
