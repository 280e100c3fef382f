"""Which model runs for which purpose, by the published list of S3."""

from dataclasses import replace
from pathlib import Path

import pytest

from libs.common.definition.files import load_definition
from libs.common.large import is_large
from services.intake.policy.models import ModelPolicy
from services.intake.rules.models import model_listed

S3 = ModelPolicy.of(load_definition(Path("programmes/hpc-2025-npu.yaml")))
S4 = load_definition(Path("programmes/advanced-gpu-2026.yaml"))


@pytest.mark.rule("IN-13")
@pytest.mark.parametrize(
    ("model", "outcome"),
    [
        ("YOLOv8n", "pass"),
        ("yolo-v5", "pass"),
        ("Llama-2-7b", "pass"),
        ("ＬＬＡＭＡ２", "pass"),
        ("DenseNet121", "pass"),
        ("MobileNet_v2", "pass"),
        ("GoogLeNet", "pass"),
        ("GoogLeNet2", "officer"),
        ("Llama-3", "officer"),
        ("ResNet50", "officer"),
        ("", "officer"),
        ("---", "officer"),
    ],
)
def test_a_model_is_found_on_the_list(model: str, outcome: str) -> None:
    """Series by their beginning, others whole; misprints of the annex are corrected in the definition."""
    assert [finding.outcome for finding in model_listed(model, "inference", S3)] == [outcome]


def test_training_is_no_purpose() -> None:
    """S3 supports inference only: training fails, and so does an application that states no purpose."""
    for purpose in ("training", ""):
        found = model_listed("YOLOv8n", purpose, S3)
        assert [(one.outcome, one.code) for one in found] == [("fail", "purpose_not_supported")]


def test_a_series_of_nothing_stands_for_nothing() -> None:
    """An entry of which no letter remains matches no model: it would match them all."""
    policy = replace(S3, models=(" Series", "-"))
    assert [one.outcome for one in model_listed("YOLOv8n", "inference", policy)] == ["officer"]
    assert model_listed("", "", replace(S3, models=None, purposes_allowed=None)) == ()


@pytest.mark.rule("IN-14")
@pytest.mark.parametrize(
    ("track", "units", "large"),
    [("H200", 8, True), ("H200", 7, False), ("B200", 4, True), ("B200", 3, False)],
)
def test_large_applications_of_s4(track: str, units: int, large: bool) -> None:
    """Eight H200 or four B200 servers are large."""
    told = S4.tracks[track]
    (product,) = told.products
    assert is_large(product, units, told.large.optional()) is large
    assert not is_large(product, units, None)
