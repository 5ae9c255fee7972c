"""Pods of several containers, and what they share: volumes, network, order, an end."""

from __future__ import annotations

import base64
import socket

from argotui.model.work import CollectedFile, PodState, PodWork
from tests.contract.house import LOCAL, REAL, container, contract, pod, shell

WORK = {"name": "work", "mountPath": "/data"}
EMPTY = {"name": "work", "emptyDir": {}}


def states(report):
    return {each.name: each for each in report.containers}


@contract(*REAL)
async def test_containers_share_an_empty_dir_and_run_in_their_order(house):
    work = PodWork(
        pod=pod(
            container("cat /data/f; echo out > /data/o", volumeMounts=[WORK]),
            container("sleep 0.2; echo in > /data/f", "first", volumeMounts=[WORK]),
            volumes=[EMPTY],
        ),
        mains=("main", "first"),
        order={"main": ("first",)},
        collect=(CollectedFile(name="o", container="main", path="/data/o"),),
        capture_result=True,
    )
    report = await house.run(work)
    assert (report.result, dict(report.parameters)) == ("in", {"o": "out"})
    if house.kind != "kubernetes":  # all containers of a pod start at once there, and wait inside
        found = states(report)
        assert found["first"].finished_at <= found["main"].started_at


@contract(*REAL)
async def test_what_depends_on_a_failure_is_not_run_and_the_rest_is(house):
    work = PodWork(
        pod=pod(
            container("exit 3", "bad"),
            container("true", "dep"),
            container("true", "deeper"),
            container("true", "free"),
        ),
        mains=("bad", "dep", "deeper", "free"),
        order={"bad": (), "dep": ("bad",), "deeper": ("dep",), "free": ()},
    )
    report = await house.run(work)
    found = states(report)
    assert {name: each.exit_code for name, each in found.items()} == {
        "bad": 3,
        "dep": 64,
        "deeper": 64,
        "free": 0,
    }
    assert found["dep"].message == 'dependency "bad" exited with non-zero code: 3'
    assert found["deeper"].message == 'dependency "dep" exited with non-zero code: 3'


@contract(*REAL)
async def test_a_retry_in_the_pod_counts_tries_and_keeps_their_output(house):
    for retries, result, code, wrong in (
        ("2", "try\ntry", 1, ()),
        (
            0,
            None,
            0,
            ("open /var/run/argo/ctr/main/stdout: no such file or directory",),
        ),
    ):
        work = PodWork(
            pod=pod(container("echo try; exit 1")),
            capture_result=True,
            in_pod_retry={"retries": retries, "duration": "10ms"},
        )
        report = await house.run(work)
        assert (report.result, report.containers[0].exit_code) == (result, code)
        assert report.collect_errors == wrong


@contract(*REAL)
async def test_init_containers_run_one_after_the_other_before_the_mains(house):
    append = {"volumeMounts": [WORK]}
    work = PodWork(
        pod=pod(
            container("cat /data/f", **append),
            init=[
                container("sleep 0.1; echo 1 >> /data/f", "one", **append),
                container("echo 2 >> /data/f", "two", **append),
            ],
            volumes=[EMPTY],
        ),
        capture_result=True,
    )
    report = await house.run(work)
    assert report.result == "1\n2"
    assert [(each.name, each.kind) for each in report.containers] == [
        ("one", "init"),
        ("two", "init"),
        ("main", "main"),
    ]


@contract(*REAL)
async def test_after_a_failing_init_container_no_main_runs(house):
    report = await house.run(
        PodWork(pod=pod(container("echo no"), init=[container("exit 3", "ini")]))
    )
    found = states(report)
    assert report.state is PodState.FAILED
    assert (found["ini"].exit_code, found["main"].state) == (3, "waiting")


@contract(*REAL)
async def test_sidecars_end_with_the_mains(house):
    work = PodWork(
        pod=pod(
            container("echo done"),
            container("exec sleep 1000", "side"),
            container("trap 'echo bye; exit 0' TERM; echo up; sleep 1000 & wait", "polite"),
            terminationGracePeriodSeconds=5,
        ),
        capture_result=True,
    )
    report = await house.run(work)
    found = states(report)
    assert (report.state, report.result) == (PodState.SUCCEEDED, "done")
    assert {each.kind for each in report.containers} == {"main", "sidecar"}
    assert found["side"].exit_code == 143


@contract(*REAL)
async def test_a_native_sidecar_is_up_before_the_mains(house):
    side = container("exec sleep 1000", "side", restartPolicy="Always")
    report = await house.run(PodWork(pod=pod(container("true"), init=[side])))
    found = states(report)
    assert (report.state, found["side"].kind) == (PodState.SUCCEEDED, "sidecar")
    assert found["side"].started_at <= found["main"].started_at


def is_ready(report):
    return bool(report.containers) and report.containers[0].ready


@contract(*LOCAL)
async def test_containers_reach_each_other_and_readiness_is_waited_for(house):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    serve = f"""if True:
        import http.server
        class Later(http.server.BaseHTTPRequestHandler):
            codes = [503]
            def do_GET(self):
                self.send_response(self.codes.pop() if self.codes else 200)
                self.end_headers()
        http.server.HTTPServer(("127.0.0.1", {port}), Later).serve_forever()
    """
    server = {
        "name": "main",
        "image": "python:3",
        "command": ["python", "-c", serve],
        "ports": [{"name": "web", "containerPort": port}],
        "readinessProbe": {"httpGet": {"path": "/", "port": "web"}, "periodSeconds": 1},
    }
    ref = await house.start(PodWork(pod=pod(server), daemon=True))
    await house.until(lambda: (r := house.last(ref)) and is_ready(r), "ready")
    running = [r for r in house.reports(ref) if r.containers and r.containers[0].state == "running"]
    assert [is_ready(report) for report in running] == [False, True]
    assert house.last(ref).pod_ip == "127.0.0.1"
    ask = f"import urllib.request as u; print(u.urlopen('http://127.0.0.1:{port}').status)"
    client = {"name": "main", "image": "python:3", "command": ["python", "-c", ask]}
    assert (await house.run(PodWork(pod=pod(client), capture_result=True))).result == "200"


@contract(*REAL)
async def test_a_probe_can_be_a_command(house):
    probe = {"exec": {"command": ["test", "-e", "/data/up"]}, "periodSeconds": 1}
    main = container(
        "sleep 0.2; touch /data/up; exec sleep 100", volumeMounts=[WORK], readinessProbe=probe
    )
    if house.kind == "plain":  # no mounts: the probe's own words are not rewritten
        main["readinessProbe"] = {"exec": {"command": ["true"]}, "initialDelaySeconds": 0}
    ref = await house.start(PodWork(pod=pod(main, volumes=[EMPTY]), daemon=True))
    await house.until(lambda: (r := house.last(ref)) and is_ready(r), "ready")


def binary(text):
    return base64.b64encode(text).decode()


OBJECTS = {
    "config_maps": {"cm": {"data": {"a": "1", "b.txt": "two"}, "binaryData": {"c": binary(b"\0")}}},
    "secrets": {"se": {"data": {"pw": binary(b"open-sesame")}, "stringData": {"user": "me"}}},
}


@contract(*REAL, **OBJECTS)
async def test_volumes_hold_what_they_refer_to(house):
    volumes = [
        {"name": "cm", "configMap": {"name": "cm", "items": [{"key": "b.txt", "path": "d/b"}]}},
        {"name": "se", "secret": {"secretName": "se", "defaultMode": 0o400}},
        {
            "name": "da",
            "downwardAPI": {"items": [{"path": "l", "fieldRef": {"fieldPath": "metadata.labels"}}]},
        },
        {
            "name": "pr",
            "projected": {
                "sources": [{"configMap": {"name": "cm"}}, {"secret": {"name": "se"}}],
            },
        },
    ]
    mounts = [{"name": each["name"], "mountPath": f"/mnt/{each['name']}"} for each in volumes]
    mounts.append({"name": "pr", "mountPath": "/etc/settings/a", "subPath": "a"})
    script = (
        "cat /mnt/cm/d/b; echo; cat /mnt/se/pw; echo; cat /mnt/da/l; echo; ls /mnt/pr; "
        "cat /etc/settings/a; echo; ls -lL /mnt/se/pw | cut -c1-10; (echo x > /mnt/cm/d/b) 2>&1"
    )
    report = await house.run(
        PodWork(
            pod=pod(container(script, volumeMounts=mounts), volumes=volumes), capture_result=True
        )
    )
    said = report.result.split("\n")
    assert 'color="blue"' in said
    said = [line for line in said if "=" not in line]  # a cluster's pods have labels of ours too
    assert said[:3] == ["two", "open-sesame", "a"]
    assert said[3:9] == ["b.txt", "c", "pw", "user", "1", "-r--------"]
    if house.kind == "sandboxed":
        assert "Read-only file system" in said[9]


@contract(*LOCAL, **OBJECTS)
async def test_secrets_are_gone_from_the_disk_when_the_pod_is(house):
    volumes = [{"name": "se", "secret": {"secretName": "se"}}]
    mounts = [{"name": "se", "mountPath": "/se"}]
    script = "test $(cat /se/pw) = open-sesame && exit 9"
    report = await house.run(
        PodWork(pod=pod(container(script, volumeMounts=mounts), volumes=volumes))
    )
    assert report.containers[0].exit_code == 9
    kept = [path for path in (house.folder / "work").rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if b"open-sesame" in path.read_bytes()]


@contract(*REAL, **OBJECTS)
async def test_the_environment_is_made_as_a_kubelet_makes_it(house):
    env = [
        {"name": "A", "value": "1"},
        {"name": "B", "value": "$(A)-$(NONE)-$$(A)"},
        {"name": "C", "valueFrom": {"configMapKeyRef": {"name": "cm", "key": "a"}}},
        {"name": "S", "valueFrom": {"secretKeyRef": {"name": "se", "key": "pw"}}},
        {"name": "N", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['color']"}}},
        {"name": "L", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory"}}},
        {
            "name": "O",
            "valueFrom": {"configMapKeyRef": {"name": "no", "key": "x", "optional": True}},
        },
    ]
    main = {
        "name": "main",
        "image": "busybox",
        "command": [
            "sh",
            "-c",
            'echo "$B|$C|$S|$N|$L|${O-unset}|$X_user|$0|$ARGO_NODE_ID"',
            "$(A)",
        ],
        "env": env,
        "envFrom": [{"prefix": "X_", "secretRef": {"name": "se"}}],
        "resources": {"limits": {"memory": "64Mi"}},
    }
    ref = await house.start(PodWork(pod=pod(main), capture_result=True))
    report = await house.ended(ref)
    assert report.result == f"1-$(NONE)-$(A)|1|open-sesame|blue|67108864|unset|me|1|{ref.node_id}"


@contract(*LOCAL)
async def test_what_is_not_there_is_a_fault_by_name(house):
    env = [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "gone", "key": "k"}}}]
    report = await house.run(shell("true", main={"env": env}))
    assert 'configmap "gone" not found' in report.fault
    claim = {"name": "work", "persistentVolumeClaim": {"claimName": "c"}}
    report = await house.run(
        PodWork(pod=pod(container("true", volumeMounts=[WORK]), volumes=[claim]))
    )
    assert 'PersistentVolumeClaim "c" is one of a cluster' in report.fault
    assert "--runtime kubernetes" in report.fault


@contract(*LOCAL)
async def test_a_claim_of_the_run_is_a_folder_that_its_pods_share(house):
    volumes = [{"name": "work", "persistentVolumeClaim": {"claimName": "wf-work"}}]
    part = {**WORK, "subPath": "deep/er"}

    async def step(script, mount):
        main = container(script, volumeMounts=[mount])
        return await house.run(PodWork(pod=pod(main, volumes=volumes), capture_result=True))

    here = WORK["mountPath"]
    assert (await step(f"echo one > {here}/f", WORK)).state is PodState.SUCCEEDED
    assert (await step(f"cat {here}/f; mkdir -p {here}/deep/er", WORK)).result == "one"
    assert (await step(f"echo two > {here}/g", part)).state is PodState.SUCCEEDED
    assert (await step(f"cat {here}/deep/er/g; exit 3", WORK)).result == "two"
    await house.runtime.close()
    await house.open()
    assert (await step(f"cat {here}/f", WORK)).result == "one"
    volumes[0]["persistentVolumeClaim"]["readOnly"] = True
    if house.kind == "sandboxed":
        assert (await step(f"echo no > {here}/f", WORK)).state is PodState.FAILED
