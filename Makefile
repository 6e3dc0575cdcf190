# make demo     build, make a demo company, import it, serve it
# make test     everything that CI runs; says loudly what it had to leave out
# make build    bin/outfitter, one program with the pages inside
# make bench    the numbers of docs/benchmarks.md
# make coverage which lines the Go tests reach

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X github.com/chanzipu/outfitter/internal/cli.Version=$(VERSION)

.PHONY: demo test build web program need bench coverage clean

demo: build
	bin/outfitter demo

build: web program

program: need
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/outfitter ./cmd/outfitter

# The pages are built again only when something below web/ is newer.
web: need web/dist/index.html

web/dist/index.html: web/package-lock.json web/index.html web/vite.config.ts $(shell find web/src web/public -type f 2>/dev/null) | need
	cd web && npm ci --no-audit --no-fund && npm run build

need:
	@scripts/need

test:
	@scripts/test

bench: program
	@scripts/bench

coverage: | bin
	go test -short -p 2 -coverpkg=./... -coverprofile=bin/coverage.out ./...
	go tool cover -func=bin/coverage.out | tail -1
	go tool cover -html=bin/coverage.out -o bin/coverage.html

clean:
	rm -rf bin web/dist/assets web/dist/index.html

bin:
	mkdir -p bin
