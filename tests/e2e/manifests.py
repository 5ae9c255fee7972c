"""Small workflows for whole-program tests."""

_HEAD = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: NAME-}
spec:
  entrypoint: main
"""


def workflow(name: str, templates: str, more: str = "") -> str:
    return f"{_HEAD.replace('NAME', name)}{more}  templates:\n{templates}"


HELLO = workflow(
    "hello",
    """
  - name: main
    steps:
    - - name: a
        template: say
        arguments: {parameters: [{name: text, value: "hello {{workflow.parameters.who}}"}]}
    - - name: b
        template: say
        arguments: {parameters: [{name: text, value: "got {{steps.a.outputs.result}}"}]}
  - name: say
    inputs: {parameters: [{name: text}]}
    container: {image: alpine, command: [echo], args: ["{{inputs.parameters.text}}"]}
""",
    "  arguments: {parameters: [{name: who, value: world}]}\n",
)

FAILS = workflow(
    "fails",
    """
  - name: main
    container: {image: alpine, command: [sh, -c], args: ["echo broken >&2; exit 7"]}
""",
)

GATE = workflow(
    "gate",
    """
  - name: main
    steps:
    - - {name: gate, template: ask}
    - - name: after
        template: say
        arguments: {parameters: [{name: to, value: "{{steps.gate.outputs.parameters.to}}"}]}
  - name: ask
    suspend: {}
    outputs:
      parameters:
      - {name: to, valueFrom: {supplied: {}}}
  - name: say
    inputs: {parameters: [{name: to}]}
    container: {image: alpine, command: [echo], args: ["went to {{inputs.parameters.to}}"]}
""",
)

# The first step ends when `Program.let_go` says so: a test acts while it runs.
HELD = workflow(
    "held",
    """
  - name: main
    steps:
    - - {name: first, template: nap}
    - - {name: second, template: say}
  - name: nap
    container:
      image: alpine
      command: [sh, -c]
      args: ["echo began; while [ ! -e /gate/open ]; do sleep 0.05; done; echo ended"]
      volumeMounts: [{name: gate, mountPath: /gate}]
  - name: say
    container: {image: alpine, command: [echo, second]}
""",
    "  onExit: bye\n  volumeClaimTemplates: [{metadata: {name: gate}, spec: {}}]\n",
).replace(
    "  - name: say\n",
    "  - name: bye\n    container: {image: alpine, command: [echo, bye]}\n  - name: say\n",
)
