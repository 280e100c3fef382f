"""The deployment files, read once."""

import pytest
import yaml

from tests.deploy.overlay import K8S, ROOT, Tree, render


@pytest.fixture(scope="session")
def compose() -> Tree:
    """The compose file with its anchors merged."""
    tree: Tree = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return tree


@pytest.fixture(scope="session")
def rendered() -> list[Tree]:
    """The dev overlay as kubectl would apply it."""
    return render(K8S)
