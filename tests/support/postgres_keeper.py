"""Keeps one PostgreSQL server for the process that started it, and takes it away when that process is gone.

A process of its own, because the server must end however a test run ends. It reads commands from its standard
input, answers each with a line, and ends the server when the input does. PostgreSQL refuses to run as root, so
that root's server runs as `nobody`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "16MB",
    "max_connections": "100",
    # The role `guarded` needs its password, which only its tests know.
    "password_encryption": "scram-sha-256",
}
ACCESS = "local all guarded scram-sha-256\nlocal all all trust\nlocal replication all trust\n"
LAST_RESORT_SECONDS = 60.0
MOMENT = 0.01


class Keeper:
    """A server with its data in a folder that nobody else uses."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self.programs = programs
        self.data = folder / "data"
        self._server: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make the data folder."""
        options = (
            "--encoding=UTF8",
            "--locale=C",
            "--auth=trust",
            "--username=postgres",
            "--no-sync",
            "--no-instructions",
        )
        argv = [self.programs / "initdb", "--pgdata", self.data, *options]
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
        (self.data / "pg_hba.conf").write_text(ACCESS)

    def follow(self, primary: Path) -> None:
        """Make the data folder that of a standby of the server in another folder."""
        options = ("--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf", "--no-sync")
        argv = [self.programs / "pg_basebackup", "--host", primary, "--username=postgres", "--pgdata", self.data]
        subprocess.run([*argv, *options], check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Start the server and wait until it takes connections, also where a killed one's children are still ending."""
        deadline = time.monotonic() + LAST_RESORT_SECONDS
        while time.monotonic() < deadline:
            if self._server is None or self._server.poll() is not None:
                self._server = self._begin()
            if self._is_ready():
                return
            time.sleep(MOMENT)
        raise SystemExit(f"PostgreSQL does not start; see {self.folder / 'log'}")

    def stop(self, how: signal.Signals) -> None:
        """End the server, and wait until it is gone."""
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait()
            self._server = None

    def _begin(self) -> subprocess.Popen[bytes]:
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        options = [part for name, value in OPTIONS.items() for part in ("-c", f"{name}={value}")]
        argv = [self.programs / "postgres", "-D", self.data, "-k", self.folder, *options]
        with (self.folder / "log").open("ab") as log:
            # Of its own group: ctrl+c at the test run must not end it before its clients are done.
            return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def _is_ready(self) -> bool:
        assert self._server is not None
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[0] == str(self._server.pid) and lines[7].strip() == "ready"


def become_nobody(folder: Path, programs: Path) -> Path:
    """Give root's place to `nobody`, who gets a copy of the programs where it can't reach them."""
    nobody = pwd.getpwnam("nobody")
    if not all(parent.stat().st_mode & 0o001 for parent in programs.parents):
        programs = copied(programs, folder / "programs")
        for place, folders, files in os.walk(folder):
            for name in (*folders, *files):
                os.chown(Path(place) / name, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
    return programs


def copied(programs: Path, target: Path) -> Path:
    """Copy the programs with the libraries that the wheel puts beside its package."""
    package = programs.parents[1]
    shutil.copytree(programs.parent, target / package.name / programs.parent.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    return target / programs.relative_to(package.parent)


def main(folder: Path, programs: Path, primary: Path | None = None) -> None:
    """Serve until the input ends; with a primary's folder as its standby."""
    # They are meant for the run, at whose end the input ends as well.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.chdir(folder)
    if os.geteuid() == 0:
        programs = become_nobody(folder, programs)
    keeper = Keeper(folder, programs)
    try:
        keeper.make() if primary is None else keeper.follow(primary)
        commands = {
            "start": keeper.start,
            "stop": lambda: keeper.stop(signal.SIGINT),
            "kill": lambda: keeper.stop(signal.SIGKILL),
        }
        for line in sys.stdin:
            commands[line.strip()]()
            print("done", flush=True)
    finally:
        keeper.stop(signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
