"""Work made of templates, and phases made of reports: pure functions from value to value.

Called by the template types; every runtime reads the same pod.
"""

from argotui.pods.build import build_pod
from argotui.pods.capture import referred_results, refers_to_result
from argotui.pods.judge import ContainerJudgement, Judgement, judge
from argotui.pods.request import PodError, PodRequest
from argotui.pods.requests import build_data, build_http, build_resource

__all__ = [
    "ContainerJudgement",
    "Judgement",
    "PodError",
    "PodRequest",
    "build_data",
    "build_http",
    "build_pod",
    "build_resource",
    "judge",
    "referred_results",
    "refers_to_result",
]
