"""The Kubernetes manifests: valid by their schemas, hardened, applied as often as one likes."""

import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import kubernetes_validate
import pytest
import yaml

from libs.common.settings import Settings
from tests.deploy.overlay import (
    K8S,
    PROBE_PORT,
    ROLES,
    ROOT,
    SERVICES,
    Tree,
    by_name,
    pod_specs,
    render,
    services_of,
    settings_names,
)  # fmt: skip

KUBERNETES = "1.34"
PROXY_KEEPS_S = 60
"""How long the usual proxies keep an idle connection to what stands behind them."""
WRITES_TO_ITS_ROOT = ("StatefulSet/kafka", "Deployment/keycloak")
"""Engines for trying out, whose images unpack themselves as they start."""
MANIFESTS = [file for file in sorted(K8S.rglob("*.yaml")) if file.name != "kustomization.yaml"]


@pytest.mark.parametrize("file", MANIFESTS, ids=lambda file: file.relative_to(ROOT).as_posix())
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
        migrates = name.startswith("Job/")
        assert (secret["name"] == "dure-database-owners") == migrates, "each role has a secret of its own"
        assert migrates or secret["name"].startswith("dure-databases-")


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
            assert rights.get("readOnlyRootFilesystem") is True or name in WRITES_TO_ITS_ROOT, name
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


def test_policies_let_in_and_out_what_is_asked(rendered: list[Tree]) -> None:
    """A pod is reached at its interface and its probes, and reaches the engines where the overlay's Services lead."""
    documents = by_name(rendered)
    wanted = {documents["Service", engine]["spec"]["ports"][0]["port"] for engine in ("postgres", "kafka", "keycloak")}
    out = _ports(documents["NetworkPolicy", "to-keycloak"], "egress")
    for service in SERVICES:
        policy = documents["NetworkPolicy", f"{service}-pods"]
        assert wanted <= _ports(policy, "egress") | out, service
        for kind, role in (("Deployment", "api"), ("StatefulSet", "worker")):
            spec = documents[kind, f"{service}-{role}"]["spec"]["template"]["spec"]
            asked = {port["containerPort"] for port in spec["containers"][0]["ports"]}
            assert asked == _ports(policy, "ingress"), service


def _ports(policy: Tree, way: str) -> set[int]:
    """The ports that a policy opens this way."""
    return {port["port"] for rule in policy["spec"][way] for port in rule["ports"]}


def test_the_cluster_sets_only_settings_that_exist(rendered: list[Tree]) -> None:
    """Every DURE_ variable of a ConfigMap or a pod is one that the services read."""
    config = next(d for d in rendered if d["kind"] == "ConfigMap" and d["metadata"]["name"].startswith("dure-"))
    of_pods = {variable["name"] for name, spec in services_of(rendered) for variable in spec["containers"][0]["env"]}
    assert set(config["data"]) | of_pods <= settings_names()


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


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("overlays/dev/kustomization.yaml", "DURE_KAFKA_REPLICATION=1", "DURE_KAFKA_REPLICATION=2"),
        ("overlays/dev/kustomization.yaml", "administrator=dev-only", "administrator=changed"),
        ("base/intake/kustomization.yaml", "newTag: 0.1.0", "newTag: 0.2.0"),
    ],
)
def test_f_86_what_is_applied_again_changes_no_job(
    rendered: list[Tree], tmp_path: Path, file: str, before: str, after: str
) -> None:
    """F-86: another setting, password or tag leaves every Job of the same name as it was, so the apply goes through."""
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    changed = tmp_path / "deploy/k8s" / file
    text = changed.read_text(encoding="utf-8")
    assert before in text
    changed.write_text(text.replace(before, after), encoding="utf-8")
    old, new = by_name(rendered), by_name(render(tmp_path / "deploy/k8s"))
    assert old != new
    for key in old.keys() & new.keys():
        if key[0] == "Job":
            assert old[key] == new[key], key
    jobs = {name for kind, name in new.keys() - old.keys() if kind == "Job"}
    assert jobs == ({"intake-migrate-0.2.0"} if "newTag" in before else set())


def test_what_is_named_is_there(rendered: list[Tree]) -> None:
    """Every ConfigMap and Secret that a pod needs is in the overlay, but those that only a real installation has."""
    there = set(by_name(rendered))
    for name, spec in pod_specs(rendered):
        for container in spec["containers"]:
            for source in container.get("envFrom", []):
                assert ("ConfigMap", source["configMapRef"]["name"]) in there, name
            for variable in container.get("env", []):
                secret = variable.get("valueFrom", {}).get("secretKeyRef")
                assert secret is None or secret.get("optional") or ("Secret", secret["name"]) in there, name


def test_the_overlays_issuer_is_the_one_that_it_runs(rendered: list[Tree]) -> None:
    """The services ask the Keycloak beside them for its keys, and take its tokens by the name that it gives itself."""
    documents = by_name(rendered)
    (config,) = [d["data"] for (kind, name), d in documents.items() if kind == "ConfigMap" and name.startswith("dure-")
                 and "DURE_OIDC_ISSUER" in d["data"]]  # fmt: skip
    container = documents["Deployment", "keycloak"]["spec"]["template"]["spec"]["containers"][0]
    named = {variable["name"]: variable.get("value") for variable in container["env"]}
    assert config["DURE_OIDC_ISSUER"] == f"{named['KC_HOSTNAME']}/realms/dure"
    asked = urlsplit(config["DURE_OIDC_JWKS_URL"])
    assert ("Service", asked.hostname) in documents
    (opened,) = documents["NetworkPolicy", "to-keycloak"]["spec"]["egress"]
    assert [port["port"] for port in opened["ports"]] == [asked.port]
    assert config["DURE_INTAKE_URL"].endswith("/intake"), "where intake's routes begin"


def test_f_86_an_api_outlives_its_proxies(rendered: list[Tree]) -> None:
    """F-86: idle connections stay open longer than proxies keep them, and an ending pod has the time to turn away."""
    assert Settings().keep_alive_s > PROXY_KEEPS_S
    for name, spec in services_of(rendered):
        if name.startswith("Deployment/"):
            waits_s = spec["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
            assert waits_s + Settings().stop_timeout_s < spec["terminationGracePeriodSeconds"], name


def test_workers_keep_their_names(rendered: list[Tree]) -> None:
    """F-86: a worker's membership of its group is static; an api lets proxies turn away before it ends."""
    for name, spec in services_of(rendered):
        container = spec["containers"][0]
        names = {variable["name"] for variable in container["env"]}
        assert ("DURE_KAFKA_INSTANCE_ID" in names) == name.startswith("StatefulSet/")
        assert ("lifecycle" in container) == name.startswith("Deployment/")
