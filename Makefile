# dver. `make help` lists the targets.
#
# Variables: PREFIX and DESTDIR for install; SWIFT_FLAGS for every build (for instance `-j 2`);
# BUILD for another build directory; TEST_FLAGS for the runner (for instance `--filter Digest`); TORTURE for
# how much of it; FUZZ_SECONDS for how long each target runs, FUZZ_TARGETS for some of them.

PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= .build
SWIFT_FLAGS ?=
TEST_FLAGS ?=
TORTURE ?= 1
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?=
SHELL = /bin/sh

swift_options = --scratch-path $(BUILD) $(SWIFT_FLAGS)
release_options = -c release --static-swift-stdlib --product dver \
  --explicit-target-dependency-import-check error $(swift_options)
binary = $(BUILD)/release/dver
# The package manager reports on standard output; a build that succeeds has nothing to say.
quietly = scripts/quietly

.PHONY: release
release: setup ## The release binary, .build/release/dver (default)
	@$(quietly) swift build $(release_options)

.PHONY: debug
debug: setup ## The debug binary and the tests, not run
	@$(quietly) swift build --build-tests $(swift_options)

.PHONY: setup
setup: ## Installs the system libraries that the build needs, where they are missing
	@scripts/setup

.PHONY: test
test: release debug ## All tests; TEST_FLAGS='--filter Name' for some
	@DVER_BINARY='$(abspath $(binary))' swift test --skip-build $(swift_options) $(TEST_FLAGS)

.PHONY: demo
demo: release ## A tour in a temporary folder, with its real output
	@DVER='$(abspath $(binary))' demo/run

.PHONY: lint
lint: ## Formatting and the rules between layers
	@scripts/lint

.PHONY: bench
bench: release ## Side by side with DVC and the machine's limits; writes Benchmarks/RESULTS.md
	@DVER='$(abspath $(binary))' Benchmarks/run

.PHONY: torture
torture: release debug ## A kill and errors at every file operation; TORTURE=all for every combination
	@DVER_BINARY='$(abspath $(binary))' BUILD='$(BUILD)' TORTURE='$(TORTURE)' scripts/torture

.PHONY: sanitize
sanitize: setup ## The unit tests under the thread and the address sanitizer, each built apart
	@SWIFT_FLAGS='$(SWIFT_FLAGS)' scripts/sanitize thread '$(BUILD)-thread' $(TEST_FLAGS)
	@SWIFT_FLAGS='$(SWIFT_FLAGS)' scripts/sanitize address '$(BUILD)-address' $(TEST_FLAGS)

.PHONY: fuzz
fuzz: setup ## libFuzzer on the readers of files; FUZZ_SECONDS=60 a target, FUZZ_TARGETS=PackFuzz for some
	@FUZZ_SECONDS='$(FUZZ_SECONDS)' SWIFT_FLAGS='$(SWIFT_FLAGS)' scripts/fuzz '$(BUILD)-fuzz' $(FUZZ_TARGETS)

.PHONY: install
install: ## The stripped binary, man pages and completions; PREFIX=/usr/local DESTDIR=
	@test -x '$(binary)' || $(MAKE) --no-print-directory release
	@scripts/install '$(binary)' '$(DESTDIR)$(PREFIX)'

.PHONY: clean
clean: ## Removes what was built
	rm -rf '$(BUILD)' '$(BUILD)-thread' '$(BUILD)-address' '$(BUILD)-fuzz'

.PHONY: help
help: ## This list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18
