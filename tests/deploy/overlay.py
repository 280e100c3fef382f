"""What the deployment tests read: the overlay as kubectl or Kustomize renders it, its pods, the settings that exist."""

import ast
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from libs.common.settings import Settings

ROOT = Path(__file__).parents[2]
K8S = ROOT / "deploy/k8s"
SERVICES = ("intake", "review", "allocator", "metering", "billing")
ROLES = ("api", "worker")
PROBE_PORT = 8090
KUSTOMIZE_MIN = 5
"""Debian's kubectl holds version 2, which knows neither `labels` nor `replacements`."""
OWN_VERSION = re.compile(r"^(?:Kustomize Version: )?v(\d+)\.", re.MULTILINE)
Tree = dict[str, Any]


def renderer() -> list[str]:
    """What renders a folder here: kubectl, or Kustomize by itself; empty where neither is there or all are too old."""
    for command, asking in (
        ("kubectl kustomize", "kubectl version --client"),
        ("kustomize build", "kustomize version"),
    ):
        if shutil.which(asking.split()[0]):
            asked = subprocess.run(asking.split(), capture_output=True, text=True, check=False, timeout=60)
            stated = OWN_VERSION.search(asked.stdout)
            if stated is not None and int(stated[1]) >= KUSTOMIZE_MIN:
                return command.split()
    return []


def render(k8s: Path) -> list[Tree]:
    """The dev overlay of these manifests. Nothing renders it: a skip, with DURE_REQUIRE_ENGINES=1 an error."""
    command = renderer()
    if not command:
        reason = f"the manifests are not rendered: no kubectl with Kustomize {KUSTOMIZE_MIN}, no such kustomize"
        if os.environ.get("DURE_REQUIRE_ENGINES") == "1":
            raise RuntimeError(reason)
        pytest.skip(reason)
    done = subprocess.run([*command, k8s / "overlays/dev"], capture_output=True, text=True, check=False, timeout=60)
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


def pod_specs(documents: list[Tree]) -> Iterator[tuple[str, Tree]]:
    """The pods of all workloads, with their names."""
    for document in documents:
        if document["kind"] in {"Deployment", "StatefulSet", "Job"}:
            yield f"{document['kind']}/{document['metadata']['name']}", document["spec"]["template"]["spec"]


def services_of(documents: list[Tree]) -> Iterator[tuple[str, Tree]]:
    """The pods of the services, without those of the engines."""
    return ((name, spec) for name, spec in pod_specs(documents) if name.split("/")[1].split("-")[0] in SERVICES)


def by_name(documents: list[Tree]) -> dict[tuple[str, str], Tree]:
    """Documents by kind and name: what `kubectl apply` takes for the same thing."""
    return {(document["kind"], document["metadata"]["name"]): document for document in documents}
