#!/usr/bin/env python3
"""Times dver beside DVC and the machine's own limits (Python 3.9 or newer, standard library only).

Each repetition runs the whole scenario of a workload once per tool, in turn, each time in a new workspace with an
empty cache and an empty remote. A step is one whole process, timed from outside; each starts after a sync(2), with
the data in the page cache. Kept of each: wall seconds, CPU seconds, peak resident memory of the largest process.

Workloads (sizes at --scale 1):
    W1  one incompressible file of 2 GiB
    W2  100,000 files of 1-16 KiB in 100 directories; 10 modified and 10 added; diff
    W3  1,000,000 files of at most 1 KiB in 1,000 directories: add and status
    W4  start-up: --version, and status in a tiny repository
    W6  pipelines: 200 trivial stages in a chain, and 8 stages of `sleep 1`
    W7  pipelines beside make and ninja: 200 and 10,000 trivial stages, in a chain and independent; the same again with
        nothing to do; a group of 10,000 stages listed. make and ninja compare times, dver compares contents. Those of 200
        run five times in each repetition, and their memory is not looked at.

On a virtual machine the first write to a page that the host has taken back is slow, so that the same copy can differ
several times; --prefault MIB touches and frees that much memory before each step, which evens this out. Where memory is
taken back, programs that did not run for a while go first: each is read again, with its libraries, before it is timed.
"""
import argparse
import collections
import functools
import itertools
import json
import os
import random
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

MIB = 1 << 20
# Pipelines that take a fifth of a second, in which a single run says little, run so many times in each repetition.
SHORT_ROUNDS = 5


# ------------------------------------------------------------------ data, the same each time

def write_big(path, size, seed):
    noise = random.Random(seed)
    with open(path, "wb") as file:
        while size > 0:
            block = noise.randbytes(min(MIB, size))
            file.write(block)
            size -= len(block)


def write_tree(root, count, directories, low, high, seed):
    noise = random.Random(seed)
    for directory in range(directories):
        os.makedirs(f"{root}/d{directory:04}", exist_ok=True)
    for index in range(count):
        with open(f"{root}/d{index % directories:04}/f{index:07}.bin", "wb") as file:
            file.write(noise.randbytes(noise.randint(low, high)))


def replace(path, data):
    """Writes a file anew, never in place: it may be a hard link into a cache."""
    Path(f"{path}.new").write_bytes(data)
    os.replace(f"{path}.new", path)


def census(path):
    """How many files there are, and their bytes: what a checkout must bring back."""
    if os.path.isfile(path):
        return 1, os.path.getsize(path)
    sizes = [os.path.getsize(f"{root}/{name}") for root, _, names in os.walk(path) for name in names]
    return len(sizes), sum(sizes)


# ------------------------------------------------------------------ one command

class Runner:
    """Runs commands, measured or not; what they print goes to a log."""

    def __init__(self, work, timeout, prefault):
        self.work, self.timeout, self.prefault = work, timeout, prefault
        self.log = open(f"{work}/log.txt", "ab")
        # A small launcher: a child of Python itself would begin with Python's own size.
        self.launcher = shutil.which("time")
        self.files = {}   # program -> its file and those of its libraries

    def quiet(self, argv, cwd, env):
        """Set-up that is not measured, and must succeed."""
        if subprocess.run(argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log).returncode:
            raise RuntimeError(f"set-up failed: {shlex.join(argv)}\n{self.tail()}")

    def tail(self):
        return Path(self.log.name).read_text(errors="replace")[-2000:]

    def warm(self, program, env):
        """Reads a program and its libraries, so that none of it comes from the disk while it is timed."""
        if program not in self.files:
            path = shutil.which(program)
            libraries = subprocess.run(["ldd", path], capture_output=True, text=True).stdout
            self.files[program] = [path, *re.findall(r"(/\S+) \(0x", libraries)]
        for path in self.files[program]:
            Path(path).read_bytes()
        if program != "sh":
            subprocess.run([program, "--version"], env=env, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def measure(self, argv, cwd, env, memory=True):
        report = f"{self.work}/memory.txt"
        memory = memory and self.launcher
        full = [self.launcher, "-q", "-f", "%M", "-o", report, *argv] if memory else argv
        self.log.write(f"\n$ {shlex.join(argv)}\n".encode())
        self.log.flush()
        os.sync()
        if self.prefault:
            touch = f"import mmap\nm = mmap.mmap(-1, {self.prefault * MIB})\nfor o in range(0, len(m), 4096): m[o] = 1"
            subprocess.run([sys.executable, "-c", touch], check=True)
        self.warm(argv[0], env)
        late = threading.Event()
        start = time.monotonic()
        child = subprocess.Popen(full, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                 start_new_session=True)
        timer = threading.Timer(self.timeout, lambda: (late.set(), os.killpg(child.pid, signal.SIGKILL)))
        timer.start()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        timer.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        if late.is_set() or child.returncode:
            raise RuntimeError(f"{'time is up' if late.is_set() else child.returncode}: {shlex.join(argv)}\n{self.tail()}")
        kilobytes = int(Path(report).read_text().split()[-1]) if memory else None
        return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "memory": kilobytes and kilobytes * 1024}


# ------------------------------------------------------------------ the tools

class Dver:
    name, program, pipeline, link = "dver", "dver", "dver.yaml", None

    def __init__(self, runner, workspace, remote, env):
        self.runner, self.workspace, self.remote, self.env = runner, workspace, remote, env

    def setup(self, *argvs, cwd=None):
        for argv in argvs:
            self.runner.quiet(argv, cwd or self.workspace, self.env)

    def init(self):
        self.setup(["git", "init", "-q"], [self.program, "init", "-q"],
                   [self.program, "remote", "add", "-d", "bench", self.remote])
        if self.link:
            self.setup([self.program, "config", "cache.type", self.link])

    def commit(self):
        self.setup(["git", "add", "-A"], ["git", "commit", "-q", "-m", "version"])

    def commit_names(self):
        """Commits all that `git status` looks at, and no contents: git takes a quarter of an hour to add a million files."""
        self.setup(["git", "init", "-q"], ["sh", "-ec", r"""
            find . -name .git -prune -o -type f -print | sed 's|^\./||' >.git/names
            git hash-object --stdin-paths <.git/names | paste - .git/names | sed 's/^/100644 /' | git update-index --index-info
            git update-index -q --refresh
            git update-ref HEAD "$(git commit-tree -m version "$(git write-tree --missing-ok)")"
            rm .git/names
            [ -z "$(git status --short)" ]
            """])

    def clone(self, target):
        self.setup(["git", "clone", "-q", self.workspace, target])

    def command(self, *arguments): return [self.program, *arguments]
    def repro(self, jobs=None): return self.command("repro", *([f"-j{jobs}"] if jobs else []))


class DverHardlink(Dver):
    name, link = "dver-hardlink", "hardlink"


class Dvc(Dver):
    """DVC as it is installed: copies where the file system has no reflink, MD5."""
    name, program, pipeline = "dvc", "dvc", "dvc.yaml"

    def init(self):
        super().init()
        self.setup(*[[self.program, "config", key, "false"] for key in ("core.analytics", "core.check_update")])

    def repro(self, jobs=None): return self.command("repro")


class DvcHardlink(Dvc):
    name, link = "dvc-hardlink", "hardlink"


class Limit(Dver):
    """No tool: what the machine, git, make and the shell need for the same."""
    name = "limit"


TOOLS = {tool.name: tool for tool in (Dver, DverHardlink, Dvc, DvcHardlink)}


# ------------------------------------------------------------------ workloads

class Bench:
    def __init__(self, options, work):
        self.options, self.work = options, work
        self.runner = Runner(work, options.timeout, options.prefault)
        self.samples = collections.defaultdict(list)   # (workload, step, tool) -> [sample]
        home = f"{work}/home"
        os.makedirs(home)
        # One shell for the commands of stages, whoever runs them.
        self.env = {**os.environ, "HOME": home, "SHELL": "/bin/sh", "LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1", "DVC_NO_ANALYTICS": "1",
                    "XDG_CACHE_HOME": f"{home}/cache", "XDG_CONFIG_HOME": f"{home}/config",
                    "DVC_SITE_CACHE_DIR": f"{home}/dvc-site", "DVC_GLOBAL_CONFIG_DIR": f"{home}/dvc-global"}
        Path(home, ".gitconfig").write_text("[user]\nname = n\nemail = n@example.org\n[init]\ndefaultBranch = main\n"
                                            "[gc]\nauto = 0\n")

    def scenario(self, workload, body, links=False):
        """body(tool, step) for every tool in turn, --reps times; a failure ends that tool's scenario.

        Without `links` those that place files as links are left out: there is nothing to place.
        """
        for repetition in range(self.options.reps):
            for kind in [Limit] + [TOOLS[name] for name in self.options.tools]:
                if kind.link and not links:
                    continue
                base = f"{self.work}/{workload}-{repetition}-{kind.name}"
                os.makedirs(f"{base}/workspace")
                os.mkdir(f"{base}/remote")
                tool = kind(self.runner, f"{base}/workspace", f"{base}/remote", self.env)

                def step(label, argv, cwd=None, memory=True):
                    sample = self.runner.measure(argv, cwd or tool.workspace, tool.env, memory)
                    self.samples[workload, label, tool.name].append(sample)
                    print(f"{workload} {repetition + 1} {tool.name}: {label} {sample['wall']:.3f} s", file=sys.stderr,
                          flush=True)
                try:
                    body(tool, step)
                except (RuntimeError, OSError) as error:
                    print(f"{workload} {kind.name}: stopped: {error}", file=sys.stderr, flush=True)
                self.discard(base)

    def versions(self, workload, make, path, changes):
        """add, status, checkout, push, change, pull of what make(workspace) has put at `path`."""
        master = f"{self.work}/{workload}-master"
        os.makedirs(master)
        make(master)

        def body(tool, step):
            subprocess.run(["cp", "-a", f"{master}/.", tool.workspace], check=True)
            full = f"{tool.workspace}/{path}"
            if tool.name == "limit":
                return self.limits(tool, step, full, path)
            tool.init()
            before = census(full)
            step("add", tool.command("add", path))
            tool.setup(tool.command("status"))
            tool.commit()
            step("status", tool.command("status"))
            self.discard(full)
            step("checkout", tool.command("checkout"))
            self.require(census(full) == before, "checkout brought back something else")
            step("push", tool.command("push"))
            if changes:
                for index in range(10):
                    replace(f"{full}/d{index:04}/f{index:07}.bin", b"changed %d" % index)
                    replace(f"{full}/d{index:04}/new{index}.bin", b"added %d" % index)
                step("re-add", tool.command("add", path))
                tool.commit()
                step("diff", tool.command("diff", "HEAD~1", "HEAD"))
                tool.setup(tool.command("push"))
                step("gc", tool.command("gc", "-w", "-f"))
            fresh, before = f"{os.path.dirname(tool.workspace)}/clone", census(full)
            tool.clone(fresh)
            # Only the remote can give the data now.
            self.discard(tool.workspace)
            step("pull", tool.command("pull"), cwd=fresh)
            self.require(census(f"{fresh}/{path}") == before, "pull brought something else")
        self.scenario(workload, body, links=True)
        self.discard(master)

    def discard(self, path):
        """Takes a path away. Many small files are only moved, and removed when all is measured: ext4 looks for free inodes
        past those that were freed within the last minutes, which makes whatever creates files next many times slower."""
        small = 0
        for root, _, names in os.walk(path):
            for name in names:
                file = f"{root}/{name}"
                if not os.path.islink(file) and os.path.getsize(file) >= MIB:
                    os.remove(file)
                else:
                    small += 1
        if small < 20:
            subprocess.run(["chmod", "-R", "u+w", path])
            subprocess.run(["rm", "-rf", path])
            return
        os.makedirs(f"{self.work}/discarded", exist_ok=True)
        os.rename(path, f"{self.work}/discarded/{len(os.listdir(f'{self.work}/discarded'))}")

    def limits(self, tool, step, full, path):
        if os.path.isfile(full):
            step("openssl", ["openssl", "dgst", "-sha256", full])
        step("cp", ["cp", "-r", full, f"{full}.copy"])
        self.discard(f"{full}.copy")
        step("cp, synced", ["sh", "-c", 'cp -r "$1" "$2" && sync -f "$2"', "sh", full, f"{full}.copy"])
        self.discard(f"{full}.copy")
        if os.path.isdir(full):
            tool.commit_names()
            step("git status", ["git", "status", "--short"])
            step("sha256sum", ["sh", "-c", 'find "$1" -type f -print0 | xargs -0 -P2 -n1000 sha256sum', "sh", full])

    @staticmethod
    def require(condition, text):
        if not condition:
            raise RuntimeError(text)

    def W1(self):
        size = int(2048 * MIB * self.options.scale)
        self.versions("W1", lambda root: write_big(f"{root}/big.bin", size, 1), "big.bin", changes=False)

    def W2(self):
        count = max(1000, int(100_000 * self.options.scale))
        self.versions("W2", lambda root: write_tree(f"{root}/data", count, 100, 1024, 16384, 2), "data", changes=True)

    def W3(self):
        count = max(1000, int(1_000_000 * self.options.scale))
        master = f"{self.work}/W3-master"
        write_tree(f"{master}/data", count, 1000, 0, 1024, 3)

        def body(tool, step):
            # The files themselves are moved from one to the next: to make a million takes longest of all.
            os.rename(f"{master}/data", f"{tool.workspace}/data")
            try:
                if tool.name == "limit":
                    full = f"{tool.workspace}/data"
                    step("sha256sum", ["sh", "-c", 'find "$1" -type f -print0 | xargs -0 -P2 -n1000 sha256sum', "sh", full])
                    tool.commit_names()
                    return step("git status", ["git", "status", "--short"])
                tool.init()
                step("add", tool.command("add", "data"))
                tool.setup(tool.command("status"))
                tool.commit()
                step("status", tool.command("status"))
            finally:
                os.rename(f"{tool.workspace}/data", f"{master}/data")
        self.scenario("W3", body)
        self.discard(master)

    def W4(self):
        def body(tool, step):
            if tool.name == "limit":
                return
            os.mkdir(f"{tool.workspace}/data")
            Path(tool.workspace, "data/one.bin").write_text("one")
            tool.init()
            tool.setup(tool.command("add", "data"))
            tool.commit()
            for _ in range(5):
                # The launcher would be a good part of these, so memory is not looked at.
                step("version", tool.command("--version"), memory=False)
                step("tiny status", tool.command("status"), memory=False)
        self.scenario("W4", body)

    def W6(self):
        # A stage costs little, so a quarter of the size has all of them.
        count = max(10, min(200, int(800 * self.options.scale)))
        chain = [(f"o{i}", f"o{i - 1}" if i else None, f"echo {i} > o{i}") for i in range(count)]
        sleep = [(f"o{i}", None, f"sleep 1 && echo {i} > o{i}") for i in range(8)]

        def body(tool, step):
            for kind, todo, jobs in (("chain", chain, None), ("sleep", sleep, 8)):
                place = f"{tool.workspace}/{kind}"
                os.mkdir(place)
                if tool.name == "limit":
                    Path(place, "loop").write_text("".join(f"sh -c {shlex.quote(c)}\n" for _, _, c in todo))
                    Path(place, "Makefile").write_text("all: " + " ".join(o for o, _, _ in todo) + "\n" + "".join(
                        f"{o}: {d or ''}\n\t{c}\n" for o, d, c in todo))
                    step(*(("make -j8", ["make", "-sj8"]) if jobs else ("sh loop", ["sh", "loop"])), cwd=place)
                    continue
                one = type(tool)(self.runner, place, f"{tool.remote}/{kind}", tool.env)
                os.mkdir(one.remote)
                one.init()
                Path(place, one.pipeline).write_text("stages:\n" + "".join(
                    f"  s{i}:\n    cmd: {c}\n" + (f"    deps: [{d}]\n" if d else "") + f"    outs: [{o}]\n"
                    for i, (o, d, c) in enumerate(todo)))
                step(kind, one.repro(jobs), cwd=place)
                step(f"{kind} no-op", one.repro(jobs), cwd=place)
        self.scenario("W6", body)

    def W7(self):
        ninja = shutil.which("ninja")
        large = max(400, int(10_000 * self.options.scale))

        def body(tool, step):
            # W6 has the time of DVC for a chain of 200, which is a minute.
            if tool.name not in ("limit", "dver"):
                return
            for count, rounds in ((200, SHORT_ROUNDS), (large, 1)):
                for turn, (kind, jobs) in itertools.product(range(rounds), (("chain", 1), ("independent", 2))):
                    todo = [(f"o{i}", f"o{i - 1}" if kind == "chain" and i else None, f"echo {i} > o{i}")
                            for i in range(count)]
                    label = f"{'200' if count == 200 else 'many'} {kind}"
                    place = f"{tool.workspace}/{label.replace(' ', '-')}-{turn}"
                    os.mkdir(place)
                    # The launcher's own start is no part of short runs, so memory is looked at in the long ones.
                    timed = functools.partial(step, memory=count > 200)
                    if tool.name == "limit":
                        self.makers(timed, place, label, todo, jobs, ninja)
                    else:
                        self.stages(tool, timed, place, label, todo, jobs)
            if tool.name == "dver":
                place = f"{tool.workspace}/group"
                os.mkdir(place)
                one = type(tool)(self.runner, place, f"{tool.remote}/group", tool.env)
                os.mkdir(one.remote)
                one.init()
                Path(place, one.pipeline).write_text("stages:\n  s:\n    foreach:\n" + "".join(
                    f"    - {i}\n" for i in range(large)) + "    do:\n      cmd: echo ${item} > o${item}\n"
                    "      outs: [\"o${item}\"]\n")
                step("group list", one.command("stage", "list"), cwd=place)
        self.scenario("W7", body)

    @staticmethod
    def makers(step, place, label, todo, jobs, ninja):
        Path(place, "Makefile").write_text("all: " + " ".join(o for o, _, _ in todo) + "\n" + "".join(
            f"{o}: {d or ''}\n\t{c}\n" for o, d, c in todo))
        step(f"make {label}", ["make", "-s", f"-j{jobs}"], cwd=place)
        step(f"make {label} no-op", ["make", "-s", f"-j{jobs}"], cwd=place)
        if ninja:
            # A folder of its own: see discard() about removed files.
            place = f"{place}-ninja"
            os.mkdir(place)
            Path(place, "build.ninja").write_text("rule r\n  command = $c\n" + "".join(
                f"build {o}: r {d or ''}\n  c = {c}\n" for o, d, c in todo))
            step(f"ninja {label}", [ninja, "--quiet", f"-j{jobs}"], cwd=place)
            step(f"ninja {label} no-op", [ninja, "--quiet", f"-j{jobs}"], cwd=place)

    def stages(self, tool, step, place, label, todo, jobs):
        one = type(tool)(self.runner, place, f"{tool.remote}/{os.path.basename(place)}", tool.env)
        os.mkdir(one.remote)
        one.init()
        Path(place, one.pipeline).write_text("stages:\n" + "".join(
            f"  s{i}:\n    cmd: {c}\n" + (f"    deps: [{d}]\n" if d else "") + f"    outs: [{o}]\n"
            for i, (o, d, c) in enumerate(todo)))
        step(label, one.repro(jobs), cwd=place)
        step(f"{label} no-op", one.repro(jobs), cwd=place)
        step(f"{label} status", one.command("status"), cwd=place)
        step(f"{label} list", one.command("stage", "list"), cwd=place)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workload", default="W1,W2,W4,W6", help="with commas")
    parser.add_argument("--tools", default="dver", help=f"with commas: {','.join(TOOLS)}")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--timeout", type=float, default=600, help="seconds for one step")
    parser.add_argument("--prefault", type=int, default=0, metavar="MIB", help="memory to touch and free before each step")
    parser.add_argument("--dver", default="dver", help="the dver executable")
    parser.add_argument("--dvc", default="dvc", help="the dvc executable")
    parser.add_argument("--work", help="directory for the data (default: a new temporary one); emptied at the end")
    parser.add_argument("--keep", action="store_true", help="leave the data there: removed files slow what is measured next")
    parser.add_argument("--json", required=True, help="the file that gets every sample")
    options = parser.parse_args()
    options.tools = [name for name in options.tools.split(",") if name]
    unknown = [name for name in options.tools if name not in TOOLS]
    if unknown:
        parser.error(f"unknown tools: {unknown}")
    Dver.program = DverHardlink.program = options.dver
    Dvc.program = DvcHardlink.program = options.dvc
    work = tempfile.mkdtemp(prefix="dver-bench-", dir=options.work)
    bench = Bench(options, work)
    try:
        for workload in options.workload.split(","):
            getattr(bench, workload)()
    finally:
        Path(options.json).write_text(json.dumps({
            "scale": options.scale, "reps": options.reps, "command": shlex.join(sys.argv),
            "samples": [[*key, samples] for key, samples in bench.samples.items()]}))
        if not options.keep:
            subprocess.run(["chmod", "-R", "u+w", work])
            subprocess.run(["rm", "-rf", work])


if __name__ == "__main__":
    main()
