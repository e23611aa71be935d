# Two commands: `make run` and `make test`. Everything else is a step of them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
ifdef CI
export CARGO_TARGET_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/diaba/target
endif
TARGET := $(or $(CARGO_TARGET_DIR),target)
# A private cluster under .diaba/ unless the caller has a database.
export DATABASE_URL ?= $(shell scripts/cluster url 2>/dev/null)

.PHONY: help run test setup cluster build fmt clippy deny unit docs bench stop clean-state

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/'

setup: ## install what is missing
	@scripts/setup run

cluster: setup ## start the private PostGIS cluster when DATABASE_URL is not set
	@if [ -z "$${DATABASE_URL:-}" ] || scripts/cluster url 2>/dev/null | grep -qxF "$${DATABASE_URL:-}"; then scripts/cluster start >/dev/null; fi

build: setup
	@cargo build --release --workspace --bins

run: cluster build ## set up, load the demo ward, do the main job once, then serve
	@export DATABASE_URL="$${DATABASE_URL:-$$(scripts/cluster url)}"; PATH="$(abspath $(TARGET))/release:$$PATH" scripts/first-run

test: ## set up, then everything that must hold
	@scripts/setup test
	@$(MAKE) --no-print-directory cluster
	@$(MAKE) --no-print-directory fmt deny clippy unit docs

fmt:
	cargo fmt --all --check

clippy:
	cargo clippy --workspace --all-targets -- -D warnings

deny:
	cargo deny --workspace check bans licenses sources

unit:
	@export DATABASE_URL="$${DATABASE_URL:-$$(scripts/cluster url)}"; cargo build --workspace --bins && cargo test --workspace --no-fail-fast

docs:
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

bench: cluster ## the figures of the README
	@export DATABASE_URL="$${DATABASE_URL:-$$(scripts/cluster url)}"; cargo bench

stop: ## stop the private cluster
	@scripts/cluster stop

clean-state: stop ## forget the private cluster and all state under .diaba/
	rm -rf .diaba
