"""Cases of the corpus that differ, each with the reason; and objects that some of them need.

Names and our own words only: nothing here comes from the corpus.
"""

# what has to be on the cluster beforehand and is in no setup file
_CONFIG = """
apiVersion: v1
kind: ConfigMap
metadata: {name: my-config}
data: {workflow: "1", template: "1"}
"""
_SECRET = """
apiVersion: v1
kind: Secret
metadata: {name: my-secret}
stringData: {mypassword: made-up}
"""
GIVEN = {
    "examples/secrets.yaml": _SECRET,
    "test/e2e/synchronization/semaphore-tmpl-level.yaml": _CONFIG,
    "test/e2e/synchronization/semaphore-wf-level.yaml": _CONFIG,
    "examples/synchronization-tmpl-level.yaml": _CONFIG,
    "examples/synchronization-wf-level.yaml": _CONFIG,
}

# sleep for 40 to 80 seconds
SLEEPERS = frozenset(
    f"examples/{name}.yaml"
    for name in (
        "loops-param-result",
        "parallelism-nested",
        "parallelism-nested-dag",
        "synchronization-tmpl-level",
    )
)

_CLAIMS = "the API server refuses the claim; nobody asks one here"
_STORE = "needs an artifact store, which argotui does not have yet"
_ADDRESS = "an input is the address of a daemon's pod, another on every cluster"
_TIMES = "an input holds the times of day of the recorded run"

# id -> why the run on this machine differs
LOCAL: dict[str, str] = {
    "inline/retry__TestWorkflowTemplateWithRetryStrategyInContainerSet__1.yaml": (
        "Argo's own executor ends the third container before it starts; here it fails to start"
    ),
    "inline/functional__TestTemplateLevelTimeout__0.yaml": (
        "an accident of timing: a pod of the recording was pending until its timeout"
    ),
}

# id -> why the recorded facts, fed to the engine, lead to another tree
REPLAYED: dict[str, str] = {
    "inline/hooks__TestTemplateLevelHooksWithRetry__0.yaml": _STORE,
    "examples/artifact-passing-subpath.yaml": _STORE,
    "examples/artifact-passing.yaml": _STORE,
    "examples/exit-handler-with-artifacts.yaml": _STORE,
    "examples/nested-workflow.yaml": _STORE,
    "test/e2e/functional/artifact-input-output-samedir.yaml": _STORE,
    "test/e2e/functional/dag-argument-passing.yaml": _STORE,
    "test/e2e/functional/global-outputs-dag.yaml": _STORE,
    "test/e2e/functional/nested-dag-outputs.yaml": _STORE,
    "test/e2e/functional/retry-with-artifacts.yaml": _STORE,
    "test/e2e/testdata/archive-strategies.yaml": _STORE,
    "test/e2e/testdata/artifact-passing-workflow.yaml": _STORE,
    "test/e2e/testdata/exit-handler-parameterized-global-artifacts.yaml": _STORE,
    "test/e2e/testdata/workflow-tracing.yaml": _STORE,
    "examples/dag-daemon-retry-strategy.yaml": _ADDRESS,
    "examples/steps-daemon-retry-strategy.yaml": _ADDRESS,
    "examples/variables-showcase.yaml": _TIMES,
    "test/e2e/expectedfailures/volumes-pvc-fail-event.yaml": _CLAIMS,
    "test/e2e/expectedfailures/output-artifact-not-optional.yaml": _STORE,
    "test/e2e/functional/output-input-artifact-optional.yaml": _STORE,
    "inline/resource_template__TestResourceTemplateWithArtifact__0.yaml": _STORE,
    "inline/functional__TestTemplateLevelTimeout__0.yaml": (
        "an accident of timing: a pod was pending until its timeout, the others were left behind"
    ),
    "inline/retry__TestWorkflowTemplateWithRetryStrategyInContainerSet__1.yaml": (
        "the recording does not say which container broke the pod"
    ),
}
