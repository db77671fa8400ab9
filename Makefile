# Everything goes through here. `make` alone lists the targets.

.DEFAULT_GOAL := help
SHELL := /bin/bash

.PHONY: help setup python run build test test-toolkit test-shop check format protos chaos bench clean

help: ## Lists the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## Installs what is missing (Debian packages)
	@scripts/setup

run: build ## Runs the shop for development at http://127.0.0.1:8000: a process each service (TOGETHER=1: all in one; PORT=…; REPLICAS="orders=2")
	@cd shop && ENVIRONMENT="$${ENVIRONMENT:-development}" exec ../.build/debug/shop $(if $(TOGETHER),--together)

build: setup
	@scripts/swift build --package-path shop --product shop

test: test-toolkit test-shop ## Runs all tests: the toolkit's, the services', the system's

# What tests need of Python is there before their time limits count.
python: setup
	@scripts/python >/dev/null

test-toolkit: python
	@scripts/test

test-shop: build python
	@scripts/test --package-path shop

check: setup ## Checks format, the module graph and the house's rules
	@scripts/check

format: ## Formats all Swift files
	@git ls-files -z '*.swift' | xargs -0 swift format --in-place

protos: build ## Writes the .proto file of each of the shop's contracts, and the lock of their numbers
	@cd shop && ../.build/debug/shop protos

chaos: build python ## Buys in the shop while its services are killed, again and again
	@scripts/swift test --package-path shop --filter SystemTests

bench: ## Measures against the peers, in one run (BENCH='--rounds 3 …': see benchmarks/run --help)
	@scripts/setup wrk nghttp2-client
	@benchmarks/run --compile $(BENCH)

clean: ## Removes what was built, and the shop's data
	rm -rf --one-file-system .build .build-* shop/.roost benchmarks/.build benchmarks/peers/*/.build
