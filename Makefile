# Two commands: `make run` and `make test`. Everything else is a step of them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory

# In CI the compiled dependencies outlive the clone.
ifdef CI
export CARGO_TARGET_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/diaba/target
endif
TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))
# Each test has a pool of its own; PostgreSQL's connections are the limit, not the cores.
export RUST_TEST_THREADS ?= $(shell n=$$(nproc); echo $$((n < 8 ? n : 8)))
# DATABASE_URL when it is set, otherwise the private cluster under .diaba/, started when needed.
WITH_DATABASE := scripts/cluster with
comma := ,
say = @printf '\n== %s\n' '$(1)'

.PHONY: help run test setup setup-test cluster build fmt clippy deny unit docs bench stop clean-state

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/'

run: setup build ## set up, load the demo ward, do the main job once, then serve
	@PATH="$(TARGET)/release:$$PATH" $(WITH_DATABASE) scripts/first-run

test: ## set up, then everything that must hold
	@for step in setup-test fmt deny clippy docs unit; do $(MAKE) $$step; done

setup: ## install what is missing
	@scripts/setup run

setup-test:
	$(call say,setup: packages$(comma) tools$(comma) a database)
	@scripts/setup test
	@$(WITH_DATABASE) true

cluster: setup ## start the private database and print its url
	@scripts/cluster start

build: setup
	@cargo build --release --workspace --bins

fmt: ## formatting
	$(call say,fmt: formatting)
	@cargo fmt --all --check

deny: ## licences, sources, doubled crates
	$(call say,deny: licences and sources)
	@cargo deny --workspace --log-level error check bans licenses sources

clippy: ## warnings are errors
	$(call say,clippy: warnings are errors)
	@cargo clippy --quiet --workspace --all-targets -- -D warnings

docs: ## documentation without dead links
	$(call say,docs: documentation without dead links)
	@RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" cargo doc --quiet --workspace --no-deps --document-private-items

unit: ## all tests
	$(call say,tests)
	@scripts/cluster sweep
	@cargo build --quiet --workspace --bins
	@$(WITH_DATABASE) cargo test --workspace --no-fail-fast

bench: setup ## the figures of the README
	@$(WITH_DATABASE) cargo bench

stop: ## stop the private database
	@scripts/cluster stop

clean-state: ## forget the private database and all state under .diaba/
	@scripts/cluster forget
	rm -rf .diaba
