"""Warnings about values, names and fields: what is read otherwise than it looks. Part of traps.py.
Argo: 2, 6, 8."""

from __future__ import annotations

from collections.abc import Mapping

from argotui.manifest.traps.trap import Trap

VALUES: Mapping[str, Trap] = {
    "object-value": Trap(
        title="A list or mapping as the value of a parameter",
        about="Parameters are texts: it becomes the empty text. Write JSON in quotes.",
        example="""\
entrypoint: main
arguments: {parameters: [{name: p, value: [1, 2]}]}
templates:
- {name: main, container: {image: alpine}}
""",
    ),
    "large-number": Trap(
        title="A number that loses digits",
        about="Numbers go through a floating point number on their way to text; above 2**53 the "
        "last digits change. Quote it.",
        example="""\
entrypoint: main
arguments: {parameters: [{name: p, value: 12345678901234567890}]}
templates:
- {name: main, container: {image: alpine}}
""",
    ),
    "text-wanted": Trap(
        title="A number or boolean where a text is wanted",
        about="command, args, env, labels and the like take texts only. It is read as the text "
        "that it looks like; the Argo controller refuses it, and so does --strict. Quote it.",
        example="""\
entrypoint: main
templates:
- {name: main, container: {image: alpine, command: [sleep], args: [10]}}
""",
    ),
    "bad-expression": Trap(
        title="`{{=...}}` that cannot be read as an expression",
        about="A tag ends at the first `}}`, and Argo does not look into expressions before they "
        "are evaluated. Put a blank between closing braces.",
        example="""\
entrypoint: main
templates:
- {name: main, container: {image: "{{={'a': {'b': 1}}}}"}}
""",
    ),
    "expression-hyphen": Trap(
        title="A name with a hyphen in an expression",
        about="In `{{=...}}` a hyphen subtracts. Write inputs.parameters['a-b'].",
        example="""\
entrypoint: main
templates:
- name: main
  inputs: {parameters: [{name: image-tag, value: latest}]}
  container: {image: "alpine:{{=inputs.parameters.image-tag}}"}
""",
    ),
    "undeclared-input": Trap(
        title="An input that a template uses without declaring it",
        about="It has the value that the caller gives; the Argo controller refuses it, and so does "
        "--strict. Declare it under inputs.parameters.",
        example="""\
entrypoint: main
templates:
- name: main
  steps: [[{name: a, template: work, arguments: {parameters: [{name: tag, value: x}]}}]]
- {name: work, container: {image: "alpine:{{inputs.parameters.tag}}"}}
""",
    ),
    "unchecked-enum": Trap(
        title="An enum on the input of a template",
        about="Nobody compares the value with it, unless the template is a suspend. Check it in "
        "the template, or use the enum under spec.arguments.",
        example="""\
entrypoint: main
templates:
- name: main
  inputs: {parameters: [{name: p, value: a, enum: [a, b]}]}
  container: {image: alpine}
""",
    ),
    "inline-inputs": Trap(
        title="An inline template with an input of the same name as the one around it",
        about="Inside of an inline template `{{inputs...}}` means the inputs of the template "
        "around it; its own of that name are never seen. Give it another name.",
        example="""\
entrypoint: main
templates:
- name: main
  inputs: {parameters: [{name: p, value: outer}]}
  steps:
  - - name: a
      arguments: {parameters: [{name: p, value: inner}]}
      inline: {inputs: {parameters: [{name: p}]}, container: {image: alpine}}
""",
    ),
    "literal-output": Trap(
        title="A literal output value of a steps or dag template",
        about="It passes every check, and fails when the template ends. Write "
        "`valueFrom: {expression: \"'text'\"}`.",
        example="""\
entrypoint: main
templates:
- name: main
  steps: [[{name: a, template: work}]]
  outputs: {parameters: [{name: p, value: x}]}
- {name: work, container: {image: alpine}}
""",
    ),
    "configmap-label": Trap(
        title="A parameter from a ConfigMap without the label",
        about="The Argo controller only reads ConfigMaps with the label "
        "`workflows.argoproj.io/configmap-type: Parameter`.",
        example="""\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: example}
spec:
  entrypoint: main
  arguments: {parameters: [{name: p, valueFrom: {configMapKeyRef: {name: settings, key: p}}}]}
  templates:
  - {name: main, container: {image: alpine}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {p: x}
""",
    ),
    "unknown-field": Trap(
        title="A field that there is not",
        about="It is ignored. The Argo controller refuses it, and so does --strict.",
        example="""\
entrypoint: main
templates:
- {name: main, container: {image: alpine}, retries: 3}
""",
    ),
    "field-case": Trap(
        title="A field in other letters than it has",
        about="Go's JSON reader does not look at upper and lower case, unless asked to be strict.",
        example="""\
entryPoint: main
templates:
- {name: main, container: {image: alpine}}
""",
    ),
    "duplicate-key": Trap(
        title="A key that stands twice in one mapping",
        about="The last one counts, the others are lost.",
        example="""\
entrypoint: other
entrypoint: main
templates:
- {name: main, container: {image: alpine}}
""",
    ),
    "api-version": Trap(
        title="A manifest without apiVersion, or with another one",
        about="Write `apiVersion: argoproj.io/v1alpha1`: an API server refuses it otherwise.",
        example="""\
kind: Workflow
metadata: {name: example}
spec:
  entrypoint: main
  templates:
  - {name: main, container: {image: alpine}}
""",
    ),
    "unknown-kind": Trap(
        title="A kind that is nearly one of Argo's",
        about="Documents of other kinds are skipped, so nothing of this one is checked or run. "
        "Kinds are Workflow, WorkflowTemplate, ClusterWorkflowTemplate and CronWorkflow.",
        example="""\
apiVersion: argoproj.io/v1alpha1
kind: Worfklow
metadata: {name: example}
spec:
  entrypoint: main
  templates:
  - {name: main, container: {image: alpine}}
""",
    ),
    "api-limit": Trap(
        title="More, or less, than the API server takes",
        about="The definitions of Argo's kinds set limits: 200 templates, 200 tasks of a dag, 500 "
        "parameters, a parallelism of at least 1, durations that can be read. Here it runs; a "
        "cluster refuses it, and so does --strict.",
        example="""\
entrypoint: main
parallelism: 0
templates:
- {name: main, container: {image: alpine}}
""",
    ),
    "changed-text": Trap(
        title="A word or number that is not the text it looks like",
        about="YAML reads y, yes and on as true, 010 as 8, 1.10 as 1.1, 1e3 as 1000, and the text "
        "of that is what the parameter gets. Quote it.",
        example="""\
entrypoint: main
arguments: {parameters: [{name: version, value: 1.10}]}
templates:
- {name: main, container: {image: alpine}}
""",
    ),
    "failures-json": Trap(
        title="workflow.failures decoded once",
        about="It is JSON inside of a JSON text: decoded once it is a text, which has no fields. "
        "Write fromJSON(fromJSON(workflow.failures)).",
        example="""\
entrypoint: main
onExit: bye
templates:
- {name: main, container: {image: alpine}}
- {name: bye, container: {image: alpine, args: ["{{=len(fromJSON(workflow.failures))}}"]}}
""",
    ),
    "bad-duration": Trap(
        title="A text that is no duration",
        about="Argo reads it when the node begins, which then fails. Write a number and a unit: "
        "30s, 5m, 24h; there are no days.",
        example="""\
entrypoint: main
templates:
- {name: main, timeout: 1 hour, container: {image: alpine}}
""",
    ),
    "bad-metric": Trap(
        title="A metric that is never written",
        about="Of the metrics of a workflow nothing is checked beforehand; one without a good "
        "name, a help text and a value is left out when it is due.",
        example="""\
entrypoint: main
metrics: {prometheus: [{name: runs, counter: {value: "1"}}]}
templates:
- {name: main, container: {image: alpine}}
""",
    ),
}
