"""What each package holds: the table that the packages are compared with. Folders that belong to the system are left
out; everything belongs to root."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("runneriq", "runneriq-executor", "runneriq-demo")
PROGRAM, FILE = 0o755, 0o644


def documents(package: str) -> dict[str, int]:
    folder = f"/usr/share/doc/{package}"
    return {f"{folder}/{name}": FILE for name in ("changelog.gz", "copyright", f"{package}.spdx.json")}


def deb_contents(package: str) -> dict[str, int]:
    """Files of a deb with their modes."""
    if package == "runneriq-executor":
        return documents(package) | {
            "/usr/bin/runneriq-executor": PROGRAM,
            "/usr/lib/tmpfiles.d/runneriq-executor.conf": FILE,
            "/usr/share/doc/runneriq-executor/examples/config.toml": FILE,
            "/usr/share/doc/runneriq-executor/examples/runneriq.yaml": FILE,
            "/usr/share/lintian/overrides/runneriq-executor": FILE,
            "/usr/share/man/man1/runneriq-executor.1.gz": FILE,
        }
    if package == "runneriq":
        return documents(package) | {
            "/usr/bin/runneriq": PROGRAM,
            "/usr/lib/systemd/system/runneriq-relay.service": FILE,
            "/usr/lib/systemd/system/runneriq-revert-expired.service": FILE,
            "/usr/lib/systemd/system/runneriq-revert-expired.timer": FILE,
            "/usr/lib/systemd/system/runneriq.service": FILE,
            "/usr/lib/systemd/system/runneriq.socket": FILE,
            "/usr/lib/sysusers.d/runneriq.conf": FILE,
            "/usr/share/bash-completion/completions/runneriq": FILE,
            "/usr/share/fish/vendor_completions.d/runneriq.fish": FILE,
            "/usr/share/lintian/overrides/runneriq": FILE,
            "/usr/share/man/man1/runneriq.1.gz": FILE,
            "/usr/share/man/man5/runneriq.yaml.5.gz": FILE,
            "/usr/share/runneriq/environment": FILE,
            "/usr/share/runneriq/runneriq.yaml": FILE,
            "/usr/share/zsh/vendor-completions/_runneriq": FILE,
        }
    modules = {f"/usr/share/runneriq-demo/{path.name}": FILE for path in (ROOT / "demo").glob("*.py")}
    return documents(package) | modules | {
        "/usr/bin/runneriq-demo": PROGRAM,
        "/usr/bin/runneriq-gitlab-sim": PROGRAM,
        "/usr/share/man/man1/runneriq-demo.1.gz": FILE,
        "/usr/share/man/man1/runneriq-gitlab-sim.1.gz": FILE,
    }


def rpm_contents(package: str) -> dict[str, int]:
    """As deb_contents(), for an rpm."""
    return {path.replace("/zsh/vendor-completions/", "/zsh/site-functions/"): mode
            for path, mode in deb_contents(package).items() if "/lintian/" not in path}


SCRIPTS = {"runneriq": {"preinst", "postinst", "prerm", "postrm"}, "runneriq-executor": {"postinst", "postrm"}}
UNITS = ("runneriq.service", "runneriq.socket", "runneriq-revert-expired.service", "runneriq-revert-expired.timer",
         "runneriq-relay.service")
