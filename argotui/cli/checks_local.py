"""The local runtime, as `argotui doctor` sees it: sandbox and images."""

from __future__ import annotations

from argotui.cli.checks import Check


def check_sandbox() -> Check:
    from argotui.runtimes.local.doctor import find_sandbox

    found = find_sandbox()
    if found.program:
        detail = f"bubblewrap {found.version} works: each container gets a private root"
        return Check(name="sandbox", state="ok", detail=detail)
    return Check(
        name="sandbox",
        state="bad",
        detail=found.problem,
        advice="install bubblewrap (apt install bubblewrap); or --no-sandbox: plain processes",
    )


def check_images() -> Check:
    from argotui.runtimes.local.doctor import look_around

    found = look_around()
    stands = [f"python: {found.python}"]
    stands.append(f"alpine, busybox: {found.busybox or 'sh of this machine'}")
    stands.append("whalesay: cowsay" if found.cowsay else "whalesay: a plain whale")
    detail = f"{'; '.join(stands)}; {found.places} containers at once"
    if not found.busybox:
        return Check(
            name="images", state="note", detail=detail, advice="apt install busybox-static"
        )
    return Check(name="images", state="ok", detail=detail)
