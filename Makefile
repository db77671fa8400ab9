# The entry point for building, running and testing. `make` without a target lists the targets.

.DEFAULT_GOAL := help
SHELL := /bin/bash

.PHONY: help setup python run build test test-macros test-toolkit test-examples test-shop test-chaos check format protos chaos crash-points fence mutants bench clean

help: ## Lists the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## Installs the required Debian packages that are missing
	@scripts/setup

run: build ## Runs the shop for development at http://127.0.0.1:8000, with a process for each service (TOGETHER=1: all in one process; PORT=…; REPLICAS="orders=2")
	@cd shop && ENVIRONMENT="$${ENVIRONMENT:-development}" exec ../.build/debug/shop $(if $(TOGETHER),--together)

build: setup
	@scripts/swift build --package-path shop --product shop

test: test-macros test-toolkit test-examples test-shop test-chaos ## Runs all tests: of the toolkit, of the services, and of the whole system

# Prepares what only the tests need, outside of their time limits: the servers that they start, and Python packages.
python:
	@scripts/setup redis-server postgresql pgbouncer rabbitmq-server
	@scripts/python >/dev/null
	@shop/services/recommendations/run --prepare

# A program of their own: Package.swift says why.
test-macros: setup
	@ROOST_TESTS=macros scripts/test

# Tests of brokers mostly wait, for a server that starts or a group that forms, so more of them run at a time.
BROKERS := ^(RoostKafkaTests|RoostRabbitMQTests)\.

test-toolkit: python
	@scripts/test --skip '$(BROKERS)'; status=$$?; \
	WIDTH=8 scripts/test --skip-build --filter '$(BROKERS)' && exit $$status

# The benchmarks are measured elsewhere; here they only have to compile.
test-examples: setup python
	@for example in polls books; do \
	  scripts/test --package-path Examples/$$example && .build/debug/$$example migrate check && \
	  scripts/with-postgres scripts/test --package-path Examples/$$example --skip-build || exit 1; done
	@scripts/swift build --package-path benchmarks

# Once without a server, and once with servers for everything.
test-shop: build python
	@scripts/test --package-path shop
	@SHOP_STORE=redis SHOP_EVENTS=rabbitmq scripts/with-postgres scripts/test --package-path shop --skip-build
	@shop/services/recommendations/test

check: setup ## Checks the format, the module graph, the source rules, the code in the documentation, and the contracts and events of the shop
	@scripts/check
	@$(MAKE) --no-print-directory build
	@echo "contracts and events"
	@cd shop && ../.build/debug/shop protos --check

format: ## Formats all Swift files
	@git ls-files -z '*.swift' | xargs -0 swift format --in-place

protos: build ## Writes the .proto files of the shop's contracts, the lock file with their field numbers, and the schemas of its events
	@cd shop && ../.build/debug/shop protos

# A short run of each. The mutants take longer, and have a target of their own.
test-chaos: build python
	@"$$(scripts/python)" -m unittest discover --start-directory chaos/tests --top-level-directory .
	@$(MAKE) --no-print-directory crash-points fence chaos
	@$(MAKE) --no-print-directory chaos ENGINES=rabbitmq SEED=21 ORDERS=120 FAULTS=9 KINDS=$(ON_BROKER)

SEED ?= 1
ORDERS ?= 300
FAULTS ?= 15
ENGINES ?= embedded
KINDS ?=
# What is inflicted at least once each in a short run with the events on a broker.
ON_BROKER := kill,hang,deliver-again,poison,kill-both,restart-server,hang-server,cut-off

chaos: build python ## Inflicts faults on the shop while customers buy, and audits every order (SEED=… ORDERS=… FAULTS=… ENGINES=embedded|postgres|rabbitmq|kafka KINDS=fault,…; see docs/chaos.md)
	@scripts/setup nftables iproute2 $(if $(filter kafka,$(ENGINES)),librdkafka-dev)
	@"$$(scripts/python)" -m chaos run --seed $(SEED) --orders $(ORDERS) --faults $(FAULTS) --engines $(ENGINES) $(if $(KINDS),--kinds $(KINDS))

crash-points: build python ## Ends the shop at each place between two durable operations, and audits every order
	@scripts/setup nftables iproute2
	@"$$(scripts/python)" -m chaos crash-points

fence: build python ## Shows that a process that lost its work while it hung changes nothing any more
	@"$$(scripts/python)" -m chaos fence

mutants: build python ## Plants bugs in a copy of the sources, and shows that each is caught (ONLY="name …")
	@"$$(scripts/python)" -m chaos mutants $(foreach name,$(ONLY),--only $(name))

bench: ## Measures Roost and comparable frameworks in one run (BENCH='--rounds 3 …': see benchmarks/run --help)
	@scripts/setup wrk
	@benchmarks/run --compile $(BENCH)

clean: ## Removes all build products and the shop's data
	rm -rf --one-file-system .build .build-* shop/.roost shop/services/recommendations/.venv benchmarks/.build benchmarks/peers/*/.build
