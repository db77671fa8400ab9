# Everything goes through here. `make` alone lists the targets.

.DEFAULT_GOAL := help
SHELL := /bin/bash

# One scratch folder for the toolkit and the shop, so that what both are made of is compiled once.
# SwiftPM keeps a description of the last package built in it, which has to go when the other one is next.
SCRATCH := $(CURDIR)/.build
SWIFT_BUILD = rm -f $(SCRATCH)/*/*/description.json && swift build --scratch-path $(SCRATCH)
SWIFT_TEST = rm -f $(SCRATCH)/*/*/description.json && swift test --scratch-path $(SCRATCH)

.PHONY: help setup run build test test-toolkit test-shop check format chaos bench clean

help: ## Lists the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## Installs what is missing (Debian packages)
	@scripts/setup

run: build ## Runs the shop at http://127.0.0.1:8000: a process each service (TOGETHER=1: all in one; PORT=…)
	@cd shop && exec $(SCRATCH)/debug/shop $(if $(TOGETHER),--together)

build: setup
	@$(SWIFT_BUILD) --package-path shop --product shop

test: test-toolkit test-shop ## Runs all tests: the toolkit's, the services', the system's

test-toolkit: setup
	@$(SWIFT_TEST)

test-shop: build
	@$(SWIFT_TEST) --package-path shop

check: setup ## Checks format, the module graph and the house's rules
	@scripts/check

format: ## Formats all Swift files
	@git ls-files -z '*.swift' | xargs -0 swift format --in-place

chaos: build ## Buys in the shop while its services are killed, again and again
	@$(SWIFT_TEST) --package-path shop --filter SystemTests

bench: ## Measures against the peers, in one run
	@scripts/setup wrk
	@benchmarks/run

clean: ## Removes what was built, and the shop's data
	rm -rf .build .build-* shop/.roost benchmarks/.build benchmarks/peers/*/.build
