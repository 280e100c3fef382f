"""The deployment files: valid by their schemas, hardened, and speaking of settings and metrics that exist."""

import ast
import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from yamllint import linter
from yamllint.config import YamlLintConfig

from libs.common.settings import Settings

ROOT = Path(__file__).parents[2]
K8S = ROOT / "deploy/k8s"
SERVICES = ("intake", "review", "allocator", "metering", "billing")
KUBERNETES = "1.34"
ROLES = ("api", "worker")
PROBE_PORT = 8090
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
MANIFESTS = [file for file in sorted(K8S.rglob("*.yaml")) if file.name != "kustomization.yaml"]
Tree = dict[str, Any]


def relative(file: Path) -> str:
    """A file's name from the root on."""
    return file.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def compose() -> Tree:
    """The compose file with its anchors merged."""
    tree: Tree = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return tree


@pytest.fixture(scope="module")
def rendered() -> list[Tree]:
    """The dev overlay as kubectl would apply it."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not installed: the overlay is not rendered")
    done = subprocess.run(
        [kubectl, "kustomize", K8S / "overlays/dev"], capture_output=True, text=True, check=False, timeout=60
    )
    if "unknown command" in done.stderr:
        pytest.skip("this kubectl is too old to render an overlay")
    assert done.returncode == 0, done.stderr
    return [document for document in yaml.safe_load_all(done.stdout) if document]


def settings_names() -> set[str]:
    """The environment variables that some service reads."""
    names = {f"DURE_{field.upper()}" for field in Settings.model_fields}
    for file in ROOT.glob("services/*/settings.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                names.add(f"DURE_{node.target.id.upper()}")
    return names


def metric_names() -> set[str]:
    """The metrics that the code defines."""
    found = set()
    for file in [*ROOT.glob("libs/common/*.py"), *ROOT.glob("services/*/metrics.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and METRIC.fullmatch(node.value):
                found.add(node.value)
    return found


def pod_specs(documents: list[Tree]) -> Iterator[tuple[str, Tree]]:
    """The pods of all workloads, with their names."""
    for document in documents:
        if document["kind"] in {"Deployment", "StatefulSet", "Job"}:
            yield f"{document['kind']}/{document['metadata']['name']}", document["spec"]["template"]["spec"]


def services_of(documents: list[Tree]) -> Iterator[tuple[str, Tree]]:
    """The pods of the services, without those of the engines."""
    return ((name, spec) for name, spec in pod_specs(documents) if name.split("/")[1].split("-")[0] in SERVICES)


@pytest.mark.parametrize("file", YAML_FILES, ids=relative)
def test_yaml_is_clean(file: Path) -> None:
    """yamllint has nothing to say: no duplicate key, no stray indentation."""
    config = YamlLintConfig(file=str(ROOT / ".yamllint.yaml"))
    found = linter.run(file.read_text(encoding="utf-8"), config, str(file))
    assert [f"{relative(file)}:{p.line} {p.desc}" for p in found] == []


@pytest.mark.parametrize("file", MANIFESTS, ids=relative)
def test_a_manifest_is_valid(file: Path) -> None:
    """Every document passes Kubernetes' own schema, misspelt fields included."""
    documents = [document for document in yaml.safe_load_all(file.read_text(encoding="utf-8")) if document]
    assert documents
    for document in documents:
        kubernetes_validate.validate(document, KUBERNETES, strict=True)


def test_the_rendered_overlay_is_valid_and_whole(rendered: list[Tree]) -> None:
    """The dev overlay holds api, worker, migration, Service and policy of each service, all valid."""
    for document in rendered:
        kubernetes_validate.validate(document, KUBERNETES, strict=True)
    there = {(document["kind"], document["metadata"]["name"]) for document in rendered}
    assert len(there) == len(rendered)
    for service in SERVICES:
        expected = {
            ("Deployment", f"{service}-api"),
            ("StatefulSet", f"{service}-worker"),
            ("Job", f"{service}-migrate-0.1.0"),
            ("Service", f"{service}-api"),
            ("NetworkPolicy", f"{service}-pods"),
            ("PodDisruptionBudget", f"{service}-api"),
            ("PodDisruptionBudget", f"{service}-worker"),
        }
        assert expected <= there


def test_each_service_gets_its_own_image_and_database(rendered: list[Tree]) -> None:
    """The template's blanks are filled: nobody runs another's image or reaches another's database."""
    specs = dict(services_of(rendered))
    assert len(specs) == len(SERVICES) * 3
    for name, spec in specs.items():
        service = name.split("/")[1].split("-")[0]
        container = spec["containers"][0]
        assert re.fullmatch(rf"dure-{service}:\d[\w.]*", container["image"]), "a version, not latest"
        secret = container["env"][0]["valueFrom"]["secretKeyRef"]
        assert secret["key"] == service
        kind = "dure-database-owners-" if name.startswith("Job/") else "dure-databases-"
        assert secret["name"].startswith(kind), "each role has a secret of its own"


def test_selectors_meet_their_own_pods_only(rendered: list[Tree]) -> None:
    """A Service, a policy and a budget of one service select the pods of that service."""
    for document in rendered:
        name = document["metadata"]["name"]
        service = next((s for s in SERVICES if name.startswith(f"{s}-")), None)
        spec = document.get("spec", {})
        selector = spec.get("podSelector") or spec.get("selector")
        if service is not None and selector is not None:
            assert selector.get("matchLabels", selector)["app.kubernetes.io/name"] == service, name


def test_pods_are_hardened(rendered: list[Tree]) -> None:
    """No pod runs as root, gains rights or goes without limits; the services' root file system is read-only."""
    for name, spec in pod_specs(rendered):
        pod = spec["securityContext"]
        assert pod["runAsNonRoot"] is True, name
        assert pod["runAsUser"] > 0, name
        assert pod["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert spec["automountServiceAccountToken"] is False, name
        for container in spec["containers"]:
            rights = container["securityContext"]
            assert rights["allowPrivilegeEscalation"] is False, name
            assert rights["capabilities"] == {"drop": ["ALL"]}, name
            assert rights.get("readOnlyRootFilesystem") is True or name == "StatefulSet/kafka", name
            assert set(container["resources"]) == {"requests", "limits"}, name


def test_long_running_pods_are_probed(rendered: list[Tree]) -> None:
    """An api and a worker are ready by /readyz and alive by /healthz."""
    deployments = [(name, spec) for name, spec in services_of(rendered) if not name.startswith("Job/")]
    assert len(deployments) == len(SERVICES) * len(ROLES)
    for name, spec in deployments:
        container = spec["containers"][0]
        assert container["readinessProbe"]["httpGet"]["path"] == "/readyz", name
        assert container["livenessProbe"]["httpGet"]["path"] == "/healthz", name
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        assert {container[f"{kind}Probe"]["httpGet"]["port"] for kind in ("startup", "readiness", "liveness")} == {
            "probes"
        }
        assert ports["probes"] == PROBE_PORT, name


def test_the_cluster_sets_only_settings_that_exist(rendered: list[Tree]) -> None:
    """Every DURE_ variable of a ConfigMap or a pod is one that the services read."""
    config = next(d for d in rendered if d["kind"] == "ConfigMap" and d["metadata"]["name"].startswith("dure-"))
    of_pods = {variable["name"] for name, spec in services_of(rendered) for variable in spec["containers"][0]["env"]}
    assert set(config["data"]) | of_pods <= settings_names()


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


def test_secrets_differ_by_role(rendered: list[Tree]) -> None:
    """F-46: no two roles of the overlay's databases share a password."""
    (secret,) = [d for d in rendered if d["kind"] == "Secret" and d["metadata"]["name"].startswith("postgres-")]
    assert len(secret["data"]) == len(set(secret["data"].values())) == 2 * len(SERVICES) + 1


def test_a_new_version_migrates_in_a_job_of_its_own(rendered: list[Tree]) -> None:
    """F-86: a Job's template never changes, so its name carries the image's tag, and applying twice works."""
    jobs = [document for document in rendered if document["kind"] == "Job"]
    assert len(jobs) == len(SERVICES)
    for job in jobs:
        tag = job["spec"]["template"]["spec"]["containers"][0]["image"].split(":")[1]
        assert job["metadata"]["name"].endswith(f"-migrate-{tag}")


def test_workers_keep_their_names(rendered: list[Tree]) -> None:
    """F-86: a worker's membership of its group is static; an api lets proxies turn away before it ends."""
    for name, spec in services_of(rendered):
        container = spec["containers"][0]
        names = {variable["name"] for variable in container["env"]}
        assert ("DURE_KAFKA_INSTANCE_ID" in names) == name.startswith("StatefulSet/")
        assert ("lifecycle" in container) == name.startswith("Deployment/")


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
    assert sorted(targets) == sorted(f"{service}-{role}:{PROBE_PORT}" for service in SERVICES for role in ROLES)
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
