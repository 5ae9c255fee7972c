"""What is only carried is read to its last field, as Argo's strict reading does. Argo: O14, 9."""

from __future__ import annotations

import re

import pytest

from argotui.manifest.core.tables import go_type, structs
from tests.unit.manifest.helpers import errors, loaded, templates

UNKNOWN = [
    ("container: {image: x, resources: {limit: {cpu: 1}}}", "limit", "limits"),
    ("container: {image: x, env: [{name: a, valueFrom: {secretKey: {}}}]}", "secretKey", ""),
    (
        "container: {image: x, env: [{name: a, valueFrom: {secretKeyRef: {nam: b}}}]}",
        "nam",
        "name",
    ),
    ("container: {image: x, livenessProbe: {httpGet: {pth: /}}}", "pth", "path"),
    ("container: {image: x, volumeMounts: [{name: a, mount: /a}]}", "mount", ""),
    ("container: {image: x, lifecycle: {preStop: {exec: {cmd: [a]}}}}", "cmd", ""),
    ("container: {image: x, ports: [{port: 80}]}", "port", ""),
    ("suspend: {}, volumes: [{name: a, emptyDirs: {}}]", "emptyDirs", "emptyDir"),
    (
        "suspend: {}, affinity: {nodeAffinity: {required: {}}}",
        "required",
        "",
    ),
    ("suspend: {}, tolerations: [{keys: a}]", "keys", "key"),
    ("suspend: {}, metadata: {label: {a: b}}", "label", "labels"),
    ("suspend: {}, archiveLocation: {s3: {buckt: a}}", "buckt", "bucket"),
    ("suspend: {}, memoize: {key: a, cache: {configMaps: {}}}", "configMaps", "configMap"),
    ("suspend: {}, synchronization: {mutexes: [{nam: a}]}", "nam", "name"),
    (
        "suspend: {}, synchronization: {semaphores: [{configMapKeyRef: {names: a}}]}",
        "names",
        "name",
    ),
    ("suspend: {}, metrics: {prometheus: [{nam: a}]}", "nam", "name"),
    ("suspend: {}, retryStrategy: {affinity: {nodeAntiAffinities: {}}}", "nodeAntiAffinities", ""),
    ("containerSet: {containers: [{name: a, image: x, dependsOn: [b]}]}", "dependsOn", ""),
    ("http: {url: x, headers: [{name: a, val: b}]}", "val", ""),
    (
        "suspend: {}, inputs: {artifacts: [{name: a, path: /a, http: {uri: x}}]}",
        "uri",
        "url",
    ),
    (
        "suspend: {}, inputs: {artifacts: [{name: a, path: /a, archive: {gz: {}}}]}",
        "gz",
        "",
    ),
    (
        "suspend: {}, inputs: {parameters: [{name: a, valueFrom: {configMapKeyRef: {nm: x}}}]}",
        "nm",
        "",
    ),
    ("suspend: {}, securityContext: {runAsuser: 1}", "runAsuser", "runAsUser"),
    ("suspend: {}, securityContext: {privileged: true}", "privileged", ""),
]

STRUCT = "json: cannot unmarshal {} into Go struct field {} of type {}"
MISFITS = [
    (
        "container: {image: x, env: {A: b}}",
        STRUCT.format("object", "Container.spec.templates.container.env", "[]v1.EnvVar"),
    ),
    (
        "container: {image: x, livenessProbe: {periodSeconds: '5'}}",
        STRUCT.format(
            "string", "Probe.spec.templates.container.livenessProbe.periodSeconds", "int32"
        ),
    ),
    (
        "container: {image: x, livenessProbe: {httpGet: {port: true}}}",
        STRUCT.format(
            "bool", "HTTPGetAction.spec.templates.container.livenessProbe.httpGet.port", "int32"
        ),
    ),
    (
        "container: {image: x, envFrom: [{secretRef: name}]}",
        STRUCT.format(
            "string",
            "EnvFromSource.spec.templates.container.envFrom.secretRef",
            "v1.SecretEnvSource",
        ),
    ),
    ("container: {image: x, resources: {limits: {cpu: 1 core}}}", "quantities must match"),
    ("container: {image: x, resources: {limits: {memory: 1Gb}}}", "quantities must match"),
    ("container: {image: x, resources: {limits: {cpu: '{{inputs.parameters.p}}'}}}", "quantities"),
    ("container: {image: x, securityContext: {runAsUser: '0'}}", "of type int64"),
    ("container: {image: x, securityContext: {privileged: 'yes'}}", "of type bool"),
    ("container: {image: x, tty: 1}", "of type bool"),
    (
        "suspend: {}, memoize: {key: a, cache: {configMap: text}}",
        STRUCT.format(
            "string", "Cache.spec.templates.memoize.cache.configMap", "v1.ConfigMapKeySelector"
        ),
    ),
    (
        "suspend: {}, synchronization: {semaphores: [{configMapKeyRef: text}]}",
        STRUCT.format(
            "string",
            "SemaphoreRef.spec.templates.synchronization.semaphores.configMapKeyRef",
            "v1.ConfigMapKeySelector",
        ),
    ),
    ("suspend: {}, volumes: [{name: a, configMap: {defaultMode: '0644'}}]", "of type int32"),
    ("suspend: {}, nodeSelector: [a]", "of type map[string]string"),
    ("suspend: {}, metrics: {prometheus: {name: a}}", "of type []v1alpha1.Prometheus"),
    ("suspend: {}, retryStrategy: {limit: 1.5}", "number 1.5 into Go struct field"),
    ("plugin: {}", "expected exactly one key, got 0"),
    ("plugin: {a: {}, b: {}}", "expected exactly one key, got 2"),
]


@pytest.mark.parametrize(("body", "key", "near"), UNKNOWN)
def test_a_field_that_there_is_not_is_found_at_every_depth(body, key, near):
    text = templates(f"{{name: m, {body}}}")
    found = loaded(text, strict=True).problems
    assert [problem.what for problem in found] == [f'json: unknown field "{key}"']
    assert text.splitlines()[found[0].line - 1][found[0].column - 1 :].startswith(key)
    if near:
        assert found[0].hint == f"did you mean '{near}'?"
    lenient = loaded(text).problems
    assert [(one.severity, one.name) for one in lenient] == [("warning", "unknown-field")]


@pytest.mark.parametrize(("body", "said"), MISFITS)
def test_a_value_of_the_wrong_kind_is_found_at_every_depth(body, said):
    text = templates(f"{{name: m, {body}}}")
    for strict in (True, False):
        found = [problem.what for problem in loaded(text, strict=strict).errors]
        assert len(found) == 1, found
        assert said in found[0]


def test_the_labels_of_a_workflow_are_looked_at():
    text = templates("{name: m, suspend: {}}", head="workflowMetadata: {labelsFrom: {a: text}}\n")
    said = "WorkflowMetadata.spec.workflowMetadata.labelsFrom.a of type v1alpha1.LabelValueFrom"
    assert said in errors(text, strict=True)[0]


FINE = [
    "container: {image: x, resources: {limits: {cpu: 1, memory: 1.5Gi, 'a/b': 100m, c: 1e3}}}",
    "container: {image: x, resources: {requests: {cpu: .5, memory: 12E, d: '1e-3', e: '+2'}}}",
    "container: {image: x, resources: , env: , volumeMounts: , securityContext: }",
    "container: {image: x, livenessProbe: {httpGet: {port: http}, tcpSocket: {port: 80}}}",
    "container: {image: x, env: [{name: a, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}]}",
    "container: {image: x, volumeMounts: [{name: a, mountPath: /a, subPathExpr: $(A)}]}",
    "suspend: {}, volumes: [{name: a, secret: {secretName: b, defaultMode: 0400}}, {name: c}]",
    "suspend: {}, volumes: [{name: a, projected: {sources: [{configMap: {name: b}}]}}]",
    "suspend: {}, tolerations: [{operator: Exists, tolerationSeconds: 3}, ]",
    "suspend: {}, memoize: {key: a, maxAge: 1h, cache: {configMap: {name: a, key: b}}}",
    "suspend: {}, synchronization: {semaphores: [{database: {key: a}}], mutexes: [{name: b}]}",
    "plugin: {any: {at: all}}",
]


@pytest.mark.parametrize("body", FINE)
def test_what_fits_is_taken(body):
    assert loaded(templates(f"{{name: m, {body}}}"), strict=True).problems == ()


def test_scalars_where_a_text_is_wanted_are_leniently_taken_as_it():
    text = templates("{name: m, suspend: {}, metadata: {labels: {evicted: true, count: 5}}}")
    library = loaded(text)
    assert [problem.name for problem in library.problems] == ["text-wanted"] * 2
    template = library.workflows[0].spec.templates[0]
    assert template.extra["metadata"] == {"labels": {"evicted": "true", "count": "5"}}
    said = "Metadata.spec.templates.metadata.labels.evicted of type string"
    assert said in str(loaded(text, strict=True).errors[0])


def test_go_names_types_with_their_package():
    assert go_type("[]EnvVar") == "[]v1.EnvVar"
    assert go_type("{}string") == "map[string]string"
    assert go_type("ArgoHTTPHeader") == "v1alpha1.HTTPHeader"


def test_every_type_that_is_named_is_in_the_tables():
    scalars = {"string", "bool", "int32", "int64", "intstr", "quantity", "any"}
    for name, fields in structs().items():
        for key, shape in fields.items():
            assert re.sub(r"^(\[\]|\{\})", "", shape) in scalars | set(structs()), (name, key)


def test_no_field_of_kubernetes_is_missing():
    models = pytest.importorskip("kubernetes.client.models")
    newer = {"bindMountOptions", "defaultUser", "user", "mode", "protocol", "healthStatus"}
    for name, fields in structs().items():
        model = getattr(models, f"V1{name}", None)
        if model is not None:
            assert set(model.attribute_map.values()) - set(fields) <= newer, name
