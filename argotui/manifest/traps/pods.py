"""Warnings about single templates, their pods and what only a cluster has. Part of traps.py.
Argo: 3, 8, 9."""

from __future__ import annotations

from collections.abc import Mapping

from argotui.manifest.traps.trap import Trap

PODS: Mapping[str, Trap] = {
    "script-args": Trap(
        title="args of a script template",
        about="The Argo controller puts args before the script's path, so they are options of the "
        "interpreter; here those that look like no option come after it, unless --strict. The "
        "annotation `argotui.dev/script-args` (before, after) decides.",
        example="""\
entrypoint: main
templates:
- {name: main, script: {image: python, command: [python], args: [prod], source: "print(1)"}}
""",
    ),
    "http-no-timeout": Trap(
        title="An http template without timeoutSeconds",
        about="There is no default: a server that never answers keeps the workflow for ever.",
        example="""\
entrypoint: main
templates:
- {name: main, http: {url: "https://example.com"}}
""",
    ),
    "memo-key": Trap(
        title="A memoization key of characters that it may not have",
        about="Only letters, digits and '-' are allowed: a key with '.' or '_' is an error when "
        "the node is made.",
        example="""\
entrypoint: main
templates:
- name: main
  memoize: {key: "a.b_{{workflow.name}}", cache: {configMap: {name: cache}}}
  container: {image: alpine}
""",
    ),
    "daemon-no-probe": Trap(
        title="A daemon without readinessProbe",
        about="What comes after it starts as soon as its container runs, before it listens. Give "
        "the container a readinessProbe.",
        example="""\
entrypoint: main
templates:
- {name: main, daemon: true, container: {image: nginx}}
""",
    ),
    "unshared-volume": Trap(
        title="An emptyDir that several templates mount",
        about="Each pod gets an empty one of its own: nothing is handed on. Use "
        "volumeClaimTemplates, parameters or artifacts.",
        example="""\
entrypoint: main
volumes: [{name: work, emptyDir: {}}]
templates:
- {name: main, steps: [[{name: a, template: a}], [{name: b, template: b}]]}
- {name: a, container: {image: alpine, volumeMounts: [{name: work, mountPath: /work}]}}
- {name: b, container: {image: alpine, volumeMounts: [{name: work, mountPath: /work}]}}
""",
    ),
    "no-artifacts": Trap(
        title="Artifacts, which argotui does not keep yet",
        about="An output artifact is not kept and an input artifact is not there. Parameters and "
        "outputs.result are handed on.",
        example="""\
entrypoint: main
templates:
- name: main
  container: {image: alpine}
  outputs: {artifacts: [{name: report, path: /tmp/report}]}
""",
    ),
    "cluster-only-field": Trap(
        title="A field that means something to a cluster's controller only",
        about="It is accepted, and has no effect here.",
        example="""\
entrypoint: main
podDisruptionBudget: {minAvailable: 1}
templates:
- {name: main, container: {image: alpine}}
""",
        lint_only=True,
    ),
    "container-set-retries": Trap(
        title="The retryStrategy of a containerSet",
        about="Its `retries` counts all attempts, the first one too, and with 0 the command never "
        "runs. Write one more than you want, or put the retryStrategy on the template.",
        example="""\
entrypoint: main
templates:
- name: main
  containerSet: {retryStrategy: {retries: 2}, containers: [{name: main, image: alpine}]}
""",
    ),
    "mounted-twice": Trap(
        title="Two volumes at one place of a container",
        about="Argo does not look at it, and the API server refuses the pod.",
        example="""\
entrypoint: main
volumes: [{name: a, emptyDir: {}}]
templates:
- name: main
  containerSet:
    volumeMounts: [{name: a, mountPath: /a}]
    containers: [{name: main, image: alpine, volumeMounts: [{name: a, mountPath: /a}]}]
""",
    ),
}
