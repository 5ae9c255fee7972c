"""A value of the wrong kind is one problem, at the value, that names the kind. Argo: 9, O14."""

# ruff: noqa: E501 (a case a line)
from __future__ import annotations

import pytest

from tests.unit.manifest.helpers import document, errors, problems, templates

SUSPEND = "suspend: {}"
STEP = "steps: [[{{name: a, template: m, {}}}]]"
TASK = "dag: {{tasks: [{{name: a, template: m, {}}}]}}"
BOX = "container: {{image: x, {}}}"
FILE = "container: {{image: x}}, outputs: {{artifacts: [{{name: o, path: /x, {}}}]}}"
OUTPUT = "container: {{image: x}}, outputs: {{parameters: [{{name: o, valueFrom: {}}}]}}"
RULE = "quantities must match the regular expression"
WHOLE = "; a whole number is wanted here, without quotes"
LIST = "; a list is wanted here: begin items with '- '"
MAPPING = "; a mapping is wanted here"

# what a template has beside its name -> the value that is wrong -> the end of what is said of it
IN_A_TEMPLATE = [
    (BOX.format("resources: {limits: {cpu: [1]}}"), "[1]", RULE),
    (BOX.format("resources: {limits: {cpu: true}}"), "true", RULE),
    (BOX.format("resources: {limits: {memory: 64MB}}"), "64MB", "; for instance 500m, 2, 64Mi"),
    (BOX.format("resources: {requests: {memory: {a: b}}}"), "{a: b}", RULE),
    (BOX.format("resources: {limits: {memory: 'x{{retries}}'}}"), "'x{{", "use podSpecPatch"),
    (BOX.format("resources: {limits: [a]}"), "[a]", f"map[string]resource.Quantity{MAPPING}"),
    (BOX.format("readinessProbe: {httpGet: {port: 8.5}}"), "8.5", f"int32{WHOLE}"),
    (BOX.format("ports: [{containerPort: '80'}]"), "'80'", f"of type int32{WHOLE}"),
    (BOX.format("ports: {http: 80}"), "{http: 80}", f"of type []v1.ContainerPort{LIST}"),
    (BOX.format("command: sh -c"), "sh -c", f"of type []string{LIST}"),
    (BOX.format("args: [1]"), "1", 'of type string; quote it: "1"'),
    (BOX.format("args: [yes]"), "yes", 'of type string; quote it: "yes"'),
    (BOX.format("args: [[a]]"), "[a]", "cannot unmarshal array into Go struct field Container"),
    (BOX.format("env: {A: b}"), "{A: b}", f"of type []v1.EnvVar{LIST}"),
    (BOX.format("env: [{name: A, value: 1.50}]"), "1.50", 'of type string; quote it: "1.50"'),
    (BOX.format("env: [{name: A, valueFrom: {secretKeyRef: s}}]"), "s}", "v1.SecretKeySelector"),
    (BOX.format("securityContext: {runAsUser: root}"), "root", f"of type int64{WHOLE}"),
    (BOX.format("securityContext: {privileged: 'true'}"), "'true'", "true or false is wanted here"),
    (BOX.format("imagePullPolicy: [Always]"), "[Always]", "of type string"),
    (BOX.format("tty: 1"), "1", "of type bool; true or false is wanted here, without quotes"),
    ("container: [{image: x}]", "[{image: x}]", f"of type v1alpha1.Container{MAPPING}"),
    ("script: echo hi", "echo hi", f"of type v1alpha1.ScriptTemplate{MAPPING}"),
    ("script: {image: x, source: [echo]}", "[echo]", "ScriptTemplate.spec.templates.script.source"),
    ("suspend: true", "true", f"of type v1alpha1.SuspendTemplate{MAPPING}"),
    ("suspend: {duration: 20}", "20", 'of type string; quote it: "20"'),
    ("http: {url: x, timeoutSeconds: 30s}", "30s", f"HTTP.spec.templates.http.timeoutSeconds of type int64{WHOLE}"),
    ("http: {url: x, timeoutSeconds: 3, headers: {A: b}}", "{A: b}", LIST),
    ("resource: {action: create, manifest: {kind: Pod}}", "{kind", "ResourceTemplate.spec.templates.resource.manifest of type string"),
    ("resource: {action: get, flags: --all}", "--all", f"of type []string{LIST}"),
    ("plugin: [x]", "[x]", "of type v1alpha1.Plugin"),
    ("containerSet: {containers: {main: {image: x}}}", "{main", LIST),
    ("data: {source: s3, transformation: []}", "s3", f"of type v1alpha1.DataSource{MAPPING}"),
    ("steps: {a: b}", "{a: b}", "of type []v1alpha1.ParallelSteps; a list of lists is wanted here"),
    ("steps: [{name: a, template: m}]", "{name: a, ", "every group is a list: write '- - name: ...'"),
    ("steps: [[a]]", "a]]", f"of type v1alpha1.Template{MAPPING}"),
    ("dag: {tasks: {a: {template: m}}}", "{a: {", f"of type []v1alpha1.DAGTask{LIST}"),
    (STEP.format("withItems: '[1]'"), "'[1]'", f"of type []v1alpha1.Item{LIST}"),
    (STEP.format("withParam: [1]"), "[1]", "withParam of type string"),
    (STEP.format("withSequence: 3"), "3", f"of type v1alpha1.Sequence{MAPPING}"),
    (STEP.format("withSequence: {count: 1.5}"), "1.5", "cannot unmarshal number 1.5"),
    (STEP.format("when: true"), "true", 'of type string; quote it: "true"'),
    (STEP.format("continueOn: true"), "true", f"of type v1alpha1.ContinueOn{MAPPING}"),
    (STEP.format("continueOn: {failed: 'true'}"), "'true'", "of type bool"),
    (STEP.format("hooks: [exit]"), "[exit]", "of type v1alpha1.LifecycleHooks"),
    (STEP.format("onExit: {template: m}"), "{template: m}", "onExit of type string"),
    (STEP.format("arguments: [{name: a}]"), "[{name", f"of type v1alpha1.Arguments{MAPPING}"),
    ("steps: [[{name: a, templateRef: lib/t}]]", "lib/t", f"of type v1alpha1.TemplateRef{MAPPING}"),
    ("steps: [[{name: a, templateRef: {name: [l], template: t}}]]", "[l]", "TemplateRef.spec.templates.steps.templateRef.name of type string"),
    (TASK.format("dependencies: b"), "b}", f"DAGTask.spec.templates.dag.tasks.dependencies of type []string{LIST}"),
    (TASK.format("depends: [b]"), "[b]", "DAGTask.spec.templates.dag.tasks.depends of type string"),
    ("timeout: 20, container: {image: x}", "20", 'Template.spec.templates.timeout of type string; quote it: "20"'),
    (f"activeDeadlineSeconds: [1], {SUSPEND}", "[1]", "of type int32; a whole number or a text"),
    (f"retryStrategy: 3, {SUSPEND}", "3", f"of type v1alpha1.RetryStrategy{MAPPING}"),
    (f"retryStrategy: {{limit: 1.5}}, {SUSPEND}", "1.5", "a whole number or a text is wanted here"),
    (f"retryStrategy: {{limit: yes}}, {SUSPEND}", "yes", "cannot unmarshal bool"),
    (f"retryStrategy: {{limit: 1, backoff: 3s}}, {SUSPEND}", "3s", "of type v1alpha1.Backoff"),
    (f"retryStrategy: {{limit: 1, backoff: {{duration: 5}}}}, {SUSPEND}", "5", 'of type string; quote it: "5"'),
    (f"memoize: k, {SUSPEND}", "k", f"of type v1alpha1.Memoize{MAPPING}"),
    (f"metrics: [{{name: x}}], {SUSPEND}", "[{name: x}]", f"of type v1alpha1.Metrics{MAPPING}"),
    (f"metrics: {{prometheus: [{{name: a, help: h, gauge: {{value: 1}}}}]}}, {SUSPEND}", "1", 'Gauge.spec.templates.metrics.prometheus.gauge.value of type string; quote it: "1"'),
    (f"metrics: {{prometheus: [{{name: a, help: h, histogram: {{value: x, buckets: 5}}}}]}}, {SUSPEND}", "5}", LIST),
    (f"synchronization: {{mutexes: {{name: a}}}}, {SUSPEND}", "{name: a}", LIST),
    (f"annotations: {{a: 1}}, {SUSPEND}", "1", 'of type string; quote it: "1"'),
    (f"metadata: {{labels: {{a: yes}}}}, {SUSPEND}", "yes", 'labels.a of type string; quote it: "yes"'),
    (f"inputs: {{parameters: {{p: x}}}}, {SUSPEND}", "{p: x}", f"of type []v1alpha1.Parameter{LIST}"),
    (f"inputs: {{parameters: [p]}}, {SUSPEND}", "p]", f"of type v1alpha1.Parameter{MAPPING}"),
    (f"inputs: {{parameters: [{{name: a, enum: b, value: b}}]}}, {SUSPEND}", "b,", f"of type []v1alpha1.AnyString{LIST}"),
    ("container: {image: x}, inputs: {artifacts: [{name: f, path: /f, optional: true, mode: '0755'}]}", "'0755'", WHOLE),
    (OUTPUT.format("/x"), "/x", f"of type v1alpha1.ValueFrom{MAPPING}"),
    (OUTPUT.format("{path: [x]}"), "[x]", "ValueFrom.spec.templates.outputs.parameters.valueFrom.path of type string"),
    (OUTPUT.format("{path: /x, supplied: true}").replace("path: /x, ", ""), "true", f"v1alpha1.SuppliedValueFrom{MAPPING}"),
    (FILE.format("s3: bucket"), "bucket", f"of type v1alpha1.S3Artifact{MAPPING}"),
    (FILE.format("s3: {insecure: 'true'}"), "'true'", "of type bool"),
    (FILE.format("archive: none"), "none", f"of type v1alpha1.ArchiveStrategy{MAPPING}"),
    (FILE.format("archive: {tar: {compressionLevel: best}}"), "best", f"of type int32{WHOLE}"),
    (f"tolerations: [{{key: a, value: 1}}], {SUSPEND}", "1", 'of type string; quote it: "1"'),
    (f"sidecars: {{name: s}}, {SUSPEND}", "{name: s}", LIST),
]  # fmt: skip

# the same of a line of the spec
IN_A_SPEC = [
    ("templates: {m: {suspend: {}}}", "{m: {", f"WorkflowSpec.spec.templates of type []v1alpha1.Template{LIST}"),
    ("templates: [m]", "m]", f"WorkflowSpec.spec.templates of type v1alpha1.Template{MAPPING}"),
    ("arguments: [{name: a, value: b}]", "[{name", f"of type v1alpha1.Arguments{MAPPING}"),
    ("arguments: {parameters: {a: b}}", "{a: b}", f"of type []v1alpha1.Parameter{LIST}"),
    ("parallelism: '2'", "'2'", f"WorkflowSpec.spec.parallelism of type int64{WHOLE}"),
    ("parallelism: 99999999999999999999", "999", f"of type int64{WHOLE}"),
    ("priority: 99999999999", "999", f"of type int32{WHOLE}"),
    ("activeDeadlineSeconds: 1h", "1h", f"of type int64{WHOLE}"),
    ("suspend: 'true'", "'true'", "of type bool; true or false is wanted here, without quotes"),
    ("hostNetwork: 1", "1", "of type bool"),
    ("volumes: {v: {emptyDir: {}}}", "{v:", f"of type []v1.Volume{LIST}"),
    ("volumeClaimTemplates: [{metadata: {name: w}, spec: {accessModes: ReadWriteOnce}}]", "ReadWriteOnce", LIST),
    ("securityContext: {runAsUser: '1'}", "'1'", f"PodSecurityContext.spec.securityContext.runAsUser of type int64{WHOLE}"),
    ("nodeSelector: {a: true}", "true", 'of type string; quote it: "true"'),
    ("hooks: [{template: m}]", "[{", "WorkflowSpec.spec.hooks of type v1alpha1.LifecycleHooks"),
    ("onExit: [m]", "[m]", "onExit of type string"),
    ("ttlStrategy: {secondsAfterCompletion: '3'}", "'3'", f"TTLStrategy.spec.ttlStrategy.secondsAfterCompletion of type int32{WHOLE}"),
    ("podGC: OnPodCompletion", "OnPodCompletion", f"of type v1alpha1.PodGC{MAPPING}"),
    ("podSpecPatch: {a: b}", "{a: b}", "podSpecPatch of type string"),
    ("imagePullSecrets: [s]", "s]", f"of type v1.LocalObjectReference{MAPPING}"),
    ("affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In, values: b}]}]}}}", "b}", f"nodeSelectorTerms.matchExpressions.values of type []string{LIST}"),
    ("workflowTemplateRef: lib", "lib", f"of type v1alpha1.WorkflowTemplateRef{MAPPING}"),
    ("workflowMetadata: {labels: {a: 1}}", "1", 'WorkflowMetadata.spec.workflowMetadata.labels.a of type string; quote it: "1"'),
    ("templateDefaults: {container: {image: 3}}", "3", 'Container.spec.templateDefaults.container.image of type string; quote it: "3"'),
]  # fmt: skip


def check(text: str, at: str, said: str) -> None:
    """Look at the only error of a text; leniently it is the same, or a warning there."""
    [found] = errors(text, strict=True)
    line, column, what = found.split(":", 2)
    assert text.splitlines()[int(line) - 1][int(column) - 1 :].startswith(at), found
    assert said in what
    assert "cannot unmarshal" in what or RULE in what
    lenient = [problem for problem in problems(text) if "warning[no-artifacts]" not in problem]
    assert lenient == [found] or lenient[0].startswith(f"{line}:{column}: warning[text-wanted]")


@pytest.mark.parametrize(("has", "at", "said"), IN_A_TEMPLATE)
def test_a_value_of_the_wrong_kind_in_a_template(has, at, said):
    check(templates(f"{{name: m, {has}}}"), at, said)


@pytest.mark.parametrize(("written", "at", "said"), IN_A_SPEC)
def test_a_value_of_the_wrong_kind_in_a_spec(written, at, said):
    key = written.split(":")[0]
    spec = ("entrypoint: m", "templates: [{name: m, suspend: {}}]")
    alone = key == "workflowTemplateRef"
    kept = [] if alone else [line for line in spec if not line.startswith(key)]
    check(document("\n".join([written, *kept])), at, said)
