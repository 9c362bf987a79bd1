# The front door. What a target needs beyond one command is a script in .ci/.
.PHONY: run test properties simulate watch build profile cost bench load
MAKEFLAGS += --no-print-directory

run: build ## Starts the console: make run [REPO=path] [ADDR=127.0.0.1:3000]
	@.ci/start "$(REPO)" "$(ADDR)"

test: ## Runs every check and test
	@.ci/test

properties: ## Runs the sync core through many random scripts: make properties [CASES=1000000]
	@.ci/properties "$(CASES)"

simulate: ## Runs a million pages through an outage, in virtual time: make simulate [PAGES=1000000]
	@.ci/simulate "$(PAGES)"

watch: ## Builds and restarts as files change
	@.ci/setup && .ci/watch "$(REPO)"

build: ## Leaves the release in dist/
	@.ci/setup && .ci/build

profile: ## Records which functions of the page's program are deferred; some half an hour
	@.ci/profile

cost: build ## Measures start, memory and rendering
	@.ci/cost

bench: build ## Measures all ways of keeping a session page fresh; some twenty minutes
	@.ci/bench

load: build ## Measures many streams, polls and returns against their targets; some ten minutes
	@.ci/load
