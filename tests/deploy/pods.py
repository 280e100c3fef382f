"""What the rendered manifests start, as the kubelet would start it: commands, whole environment, ports and probes."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.deploy.installation import Container, image_environment, placed
from tests.deploy.overlay import Tree, by_name
from tests.deploy.servers import Engine

IMAGE = re.compile(r"dure-(?P<service>[a-z]+):\S+")
SOURCES = {"secretKeyRef": "Secret", "configMapKeyRef": "ConfigMap", "secretRef": "Secret", "configMapRef": "ConfigMap"}
PROBES = ("startup", "readiness", "liveness")
POSTGRES_PORT = 5432
NOBODY = "127.0.3.1"
"""The cluster's address of every Service: nobody of ours asks there, and here nobody would answer."""


class Pod(NamedTuple):
    """A pod of one workload, with its one container."""

    kind: str
    workload: str
    labels: dict[str, str]
    annotations: dict[str, str]
    spec: Tree
    container: Tree

    @property
    def name(self) -> str:
        """Its name, as a StatefulSet gives it to its first."""
        return f"{self.workload}-0"


class Cluster:
    """The documents of an overlay, looked things up in as the kubelet does: what is not there stops the start."""

    def __init__(self, documents: list[Tree]) -> None:
        self._documents = by_name(documents)

    def pods(self) -> Iterator[Pod]:
        """One pod of each workload."""
        for (kind, name), document in self._documents.items():
            if kind in {"Deployment", "StatefulSet", "Job"}:
                template = document["spec"]["template"]
                (container,) = template["spec"]["containers"]
                assert "initContainers" not in template["spec"], name
                told = template["metadata"]
                yield Pod(kind, name, told["labels"], told.get("annotations", {}), template["spec"], container)

    def pod(self, workload: str) -> Pod:
        """The pod of this workload."""
        (found,) = [pod for pod in self.pods() if pod.workload == workload]
        return found

    def environment(self, pod: Pod) -> dict[str, str]:
        """All that the kubelet tells a container: addresses of Services, `envFrom`, then `env`."""
        told = {} if pod.spec.get("enableServiceLinks") is False else self._service_links()
        for source in pod.container.get("envFrom", []):
            ((how, reference),) = source.items()
            told |= self._data(SOURCES[how], reference)
        for variable in pod.container.get("env", []):
            value = variable["value"] if "value" in variable else self._looked_up(variable["valueFrom"], pod)
            assert value is None or "$(" not in value, f"{variable['name']}: the kubelet would expand {value}"
            if value is not None:
                told[variable["name"]] = value
        return told

    def mounts(self, pod: Pod, folder: Path) -> dict[str, Path]:
        """Where what is mounted in a container lies here: each claim is a folder, and so is each volume of one pod."""
        volumes = {volume["name"]: volume for volume in pod.spec.get("volumes", [])}
        found = {}
        for mount in pod.container.get("volumeMounts", []):
            volume = volumes[mount["name"]]
            claim = volume.get("persistentVolumeClaim", {}).get("claimName")
            assert claim is None or ("PersistentVolumeClaim", claim) in self._documents, claim
            here = folder / "claims" / claim if claim else folder / "pods" / pod.name / mount["name"]
            if "secret" in volume:
                reference = {**volume["secret"], "name": volume["secret"]["secretName"]}
                for name, text in self._data("Secret", reference).items():
                    here.mkdir(parents=True, exist_ok=True)
                    (here / name).write_text(text, encoding="utf-8")
            found[mount["mountPath"]] = here
        return found

    def service_port(self, name: str) -> int:
        """The one port of a Service."""
        (port,) = self._documents["Service", name]["spec"]["ports"]
        return int(port["port"])

    def interface_port(self, pod: Pod) -> int:
        """Where a Service with an address of its own leads to; of a pod without one, its port `http`."""
        for (kind, _), document in self._documents.items():
            spec = document.get("spec", {})
            if kind == "Service" and spec.get("clusterIP") != "None" and spec["selector"].items() <= pod.labels.items():
                (port,) = spec["ports"]
                return port_of(pod, port["targetPort"])
        return port_of(pod, "http")

    def config(self, name: str) -> dict[str, str]:
        """What a ConfigMap holds; its name without the hash."""
        (found,) = [document["data"] for (kind, whole), document in self._documents.items()
                    if kind == "ConfigMap" and re.fullmatch(rf"{name}(-[a-z0-9]{{10}})?", whole)]  # fmt: skip
        return dict(found)

    def _service_links(self) -> dict[str, str]:
        links = {}
        for (kind, name), document in self._documents.items():
            if kind == "Service" and document["spec"].get("clusterIP") != "None":
                upper, port = name.upper().replace("-", "_"), self.service_port(name)
                links |= {f"{upper}_SERVICE_HOST": NOBODY, f"{upper}_SERVICE_PORT": str(port)}
                links[f"{upper}_PORT"] = f"tcp://{NOBODY}:{port}"
        return links

    def _looked_up(self, source: Tree, pod: Pod) -> str | None:
        ((how, reference),) = source.items()
        if how == "fieldRef":
            return {"metadata.name": pod.name}[reference["fieldPath"]]
        data = self._data(SOURCES[how], reference)
        assert reference["key"] in data or reference.get("optional"), f"{pod.name}: {reference} has no such key"
        return data.get(reference["key"])

    def _data(self, kind: str, reference: Tree) -> dict[str, str]:
        document = self._documents.get((kind, reference["name"]))
        if document is None:
            assert reference.get("optional"), f"there is no {kind} {reference['name']}"
            return {}
        data: dict[str, Any] = document["data"]
        return {k: base64.b64decode(v).decode() for k, v in data.items()} if kind == "Secret" else dict(data)


def port_of(pod: Pod, named: str | int) -> int:
    """The number of a container's port that may be told by its name."""
    return {port["name"]: port["containerPort"] for port in pod.container.get("ports", [])}.get(named, named)


def containers(cluster: Cluster, folder: Path, hosts: dict[str, str]) -> list[Container]:
    """Our processes as the manifests tell them, with hosts named there replaced."""
    found: list[Container] = []
    for pod in cluster.pods():
        image = IMAGE.fullmatch(pod.container["image"])
        if image is None:
            continue
        assert "command" not in pod.container, "the image's own"
        address = f"127.0.2.{len(found) + 1}"
        told = {**image_environment(image["service"]), **cluster.environment(pod)}
        asked = {kind: pod.container[f"{kind}Probe"]["httpGet"] for kind in PROBES if f"{kind}Probe" in pod.container}
        found.append(
            Container(
                pod.workload, image["service"], tuple(pod.container["args"]),
                placed(told, hosts, cluster.mounts(pod, folder), address), address, cluster.interface_port(pod),
                {kind: f"http://{address}:{port_of(pod, get['port'])}{get['path']}" for kind, get in asked.items()},
                scraped(pod, address),
            )
        )  # fmt: skip
    return found


def scraped(pod: Pod, address: str) -> str:
    """Where Prometheus asks a pod for its metrics, by the usual annotations; empty where they ask for none."""
    told = {name.removeprefix("prometheus.io/"): value for name, value in pod.annotations.items()}
    return f"http://{address}:{told['port']}{told['path']}" if told.get("scrape") == "true" else ""


def postgres(cluster: Cluster) -> Engine:
    """How the manifests start their database server."""
    pod = cluster.pod("postgres")
    assert cluster.service_port("postgres") == POSTGRES_PORT, "the one that an address without a port means"
    (script,) = cluster.config("postgres-first-run").values()
    return Engine(tuple(pod.container["args"]), cluster.environment(pod), script)


def engines(cluster: Cluster) -> dict[str, str]:
    """The engines by the addresses under which the manifests know them: `{"kafka": "kafka:9092"}`."""
    return {
        "postgres": "@postgres/",
        "kafka": f"kafka:{cluster.service_port('kafka')}",
        "keycloak": f"http://keycloak:{cluster.service_port('keycloak')}",
        "issuer": cluster.environment(cluster.pod("keycloak"))["KC_HOSTNAME"],
    }
