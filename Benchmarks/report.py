#!/usr/bin/env python3
"""Makes RESULTS.md of what data.py measured: report.py --limits FILE... [--dvc FILE...] >RESULTS.md

Each file holds some workloads: dver beside the limits at full size, and dver beside DVC, which may be smaller.
Environment: DVER and DVC name the executables, BENCH_COMMAND what a reader has to run to get the same.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20


@dataclass
class Target:
    workload: str
    step: str
    meaning: str
    tool: str = "dver"
    limits: tuple = ()          # steps of the tool "limit"; the slowest counts
    limit_factor: float = None
    dvc_factor: float = None
    milliseconds: float = None

    @property
    def rival(self):
        return self.tool.replace("dver", "dvc")


TARGETS = [
    Target("W1", "add", "add, by copy", limits=("openssl", "cp"), limit_factor=1.2, dvc_factor=0.5),
    Target("W1", "add", "add, by hard link", "dver-hardlink", ("openssl",), 1.1, 0.5),
    Target("W1", "checkout", "checkout", limits=("cp",), limit_factor=1.3, dvc_factor=0.8),
    Target("W1", "push", "push, which syncs", limits=("cp",), limit_factor=1.3, dvc_factor=0.8),
    Target("W1", "push", "push, beside a synced copy", limits=("cp, synced",), limit_factor=1.3),
    Target("W1", "pull", "pull into a fresh clone", limits=("cp",), limit_factor=1.3, dvc_factor=0.8),
    Target("W2", "add", "add", limits=("sha256sum",), limit_factor=1.3, dvc_factor=0.06),
    Target("W2", "add", "add, beside a copy", limits=("cp",), limit_factor=0.5),
    Target("W2", "push", "push, which syncs", limits=("cp",), limit_factor=0.4, dvc_factor=0.03),
    Target("W2", "push", "push, beside a synced copy", limits=("cp, synced",), limit_factor=0.4),
    Target("W2", "pull", "pull into a fresh clone", limits=("cp",), limit_factor=1.5, dvc_factor=0.1),
    Target("W2", "status", "status, nothing changed", limits=("git status",), limit_factor=1.0, dvc_factor=0.08),
    Target("W2", "checkout", "checkout", limits=("cp",), limit_factor=1.3, dvc_factor=0.15),
    Target("W2", "re-add", "add after 20 changes", limits=("git status",), limit_factor=2.0, dvc_factor=0.05),
    Target("W2", "diff", "diff of two versions", dvc_factor=0.02, milliseconds=50),
    Target("W2", "gc", "gc of what 20 changes left", dvc_factor=0.2, milliseconds=300),
    Target("W3", "add", "add", limits=("sha256sum",), limit_factor=1.2, dvc_factor=0.05),
    Target("W3", "status", "status, nothing changed", limits=("git status",), limit_factor=1.0, dvc_factor=0.05),
    Target("W4", "version", "--version", milliseconds=12),
    Target("W4", "tiny status", "status of one file", milliseconds=20),
    Target("W6", "chain", "stages in a chain (200)", limits=("sh loop",), limit_factor=2.0, dvc_factor=0.02),
    Target("W6", "chain no-op", "the chain again, fresh", dvc_factor=0.02, milliseconds=30),
    Target("W6", "sleep", "8 stages of sleep 1, -j8", limits=("make -j8",), limit_factor=1.1, dvc_factor=0.15),
    Target("W7", "200 chain", "200 stages in a chain", limits=("make 200 chain",), limit_factor=2.0),
    Target("W7", "200 independent", "200 independent stages, -j2", limits=("make 200 independent",), limit_factor=1.5),
    Target("W7", "many chain", "10,000 stages in a chain", limits=("make many chain",), limit_factor=2.0),
    Target("W7", "many independent", "10,000 independent stages, -j2", limits=("make many independent",),
           limit_factor=1.5),
    Target("W7", "many chain no-op", "10,000 in a chain again, fresh", milliseconds=400),
    Target("W7", "many independent no-op", "10,000 independent again, fresh", milliseconds=400),
    Target("W7", "many independent list", "stage list of 10,000", milliseconds=200),
    Target("W7", "group list", "stage list of a group of 10,000", milliseconds=500),
]
# Memory may be this much, and so many bytes for each tracked file.
MEMORY_BASE, MEMORY_PER_FILE = 64 * MIB, 300


class Measurements:
    def __init__(self, paths):
        self.samples, self.scales, self.reps = {}, {}, set()
        for path in paths:
            content = json.loads(Path(path).read_text())
            self.reps.add(content["reps"])
            for workload, step, tool, samples in content["samples"]:
                self.samples[workload, step, tool] = samples
                self.scales[workload] = content["scale"]

    @property
    def description(self):
        scales = set(self.scales.values())
        each = [f"{workload} {scale:g}" for workload, scale in self.scales.items()]
        scale = ", ".join(each) if len(scales) > 1 else f"{max(scales):g}"
        return f"scale {scale}; {min(self.reps)} repetitions, medians"

    def walls(self, workload, step, tool):
        return [sample["wall"] for sample in self.samples.get((workload, step, tool), [])]

    def median(self, workload, step, tool):
        walls = self.walls(workload, step, tool)
        return statistics.median(walls) if walls else None

    def ratio(self, target, others):
        """The median over the repetitions of the tool's time to the slowest of the others'."""
        own = self.walls(target.workload, target.step, target.tool)
        columns = [self.walls(target.workload, step, tool) for step, tool in others]
        if not own or not all(columns):
            return None
        return statistics.median(a / max(b) for a, b in zip(own, zip(*columns)))


def cell(value, digits=2, unit=""):
    return "–" if value is None else f"{value:.{digits}f}{unit}"


def verdict(checks):
    """`checks` are pairs of a measured value, which may be unknown, and its bound."""
    checks = [(value, bound) for value, bound in checks if bound is not None]
    if any(value is not None and value > bound for value, bound in checks):
        return "**missed**"
    return "met" if all(value is not None for value, _ in checks) else "not all measured"


def target_rows(full, beside):
    for target in TARGETS:
        own = full.median(target.workload, target.step, target.tool)
        limit = full.ratio(target, [(step, "limit") for step in target.limits]) if target.limits else None
        rival = beside.ratio(target, [(target.step, target.rival)]) if beside and target.dvc_factor else None
        milliseconds = own and target.milliseconds and own * 1000
        bounds = [f"{target.milliseconds:g} ms"] if target.milliseconds else []
        bounds += [f"{target.limit_factor:g} × {' or '.join(target.limits)}"] if target.limits else []
        bounds += [f"{target.dvc_factor:g} × DVC"] if target.dvc_factor else []
        state = verdict([(limit, target.limit_factor), (rival, target.dvc_factor), (milliseconds, target.milliseconds)])
        yield (f"| {target.workload} | {target.meaning} | {cell(own, 3)} | {cell(limit)} | {cell(rival, 3)} "
               f"| {', '.join(bounds)} | {state} |")


def memory_row(full):
    files = {"W2": max(1000, int(100_000 * full.scales.get("W2", 1))),
             "W3": max(1000, int(1_000_000 * full.scales.get("W3", 1)))}
    for workload in ("W1", "W2", "W3"):
        peaks = [(sample["memory"], step) for (name, step, tool), samples in full.samples.items()
                 if name == workload and tool.startswith("dver") for sample in samples if sample["memory"]]
        if not peaks:
            continue
        peak, step = max(peaks)
        bound = MEMORY_BASE + MEMORY_PER_FILE * files.get(workload, 1)
        yield (f"| {workload} | {step} | {peak / MIB:.0f} | {bound / MIB:.0f} | {verdict([(peak, bound)])} |")


def all_rows(measurements):
    for (workload, step, tool), samples in measurements.samples.items():
        memory = [sample["memory"] for sample in samples if sample["memory"]]
        walls = [sample["wall"] for sample in samples]
        yield (f"| {workload} | {step} | {tool} | {statistics.median(walls):.3f} | {min(walls):.3f} | {max(walls):.3f} "
               f"| {statistics.median(sample['cpu'] for sample in samples):.2f} "
               f"| {cell(max(memory) / MIB if memory else None, 0)} |")


def output(*argv):
    try:
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip().splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "unknown"


def machine():
    cpu = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.machine())
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / MIB
    system = output("stat", "-f", "-c", "%T", os.environ.get("TMPDIR", "/tmp"))
    return (f"{cpu}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB of memory, "
            f"Linux {platform.release()}, {system}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limits", nargs="+", required=True, metavar="FILE")
    parser.add_argument("--dvc", nargs="*", metavar="FILE")
    options = parser.parse_args()
    full = Measurements(options.limits)
    beside = Measurements(options.dvc) if options.dvc else None
    dver = os.environ.get("DVER", "dver")
    print("# Benchmarks\n")
    print("Made by `make bench`; do not edit. What the workloads are: `Benchmarks/data.py --help`.\n")
    print(f"- Command: `{os.environ.get('BENCH_COMMAND', 'make bench')}`")
    print(f"- Date: {time.strftime('%Y-%m-%d', time.gmtime())}")
    print(f"- Machine: {machine()}")
    versions = [f"dver {output(dver, '--version')}", output("git", "--version"), output("openssl", "version")]
    versions += [f"DVC {output(os.environ.get('DVC', 'dvc'), '--version')}"] if beside else []
    print(f"- Versions: {', '.join(versions)}")
    print(f"- dver beside the limits: {full.description}")
    if beside:
        print(f"- dver beside DVC: {beside.description}")
    else:
        print("- Nothing was compared with DVC.")
    print("- Unequal: dver hashes with SHA-256 and makes what it stores durable, DVC hashes with MD5 and does not;"
          "\n  DVC runs one stage at a time.\n")
    print("## Targets\n")
    print("| | step | seconds | to the limit | to DVC | at most | |")
    print("|---|---|--:|--:|--:|---|---|")
    print("\n".join(target_rows(full, beside)))
    print("\nPeak memory of dver:\n\n| | step | MiB | at most | |\n|---|---|--:|--:|---|")
    print("\n".join(memory_row(full)))
    for title, measurements in (("Beside the limits", full), ("Beside DVC", beside)):
        if measurements:
            print(f"\n## {title}: all steps\n")
            print("| | step | tool | median s | min | max | CPU s | MiB |\n|---|---|---|--:|--:|--:|--:|--:|")
            print("\n".join(all_rows(measurements)))


if __name__ == "__main__":
    main()
