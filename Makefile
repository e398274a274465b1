# SPDX-License-Identifier: GPL-2.0
# The one entry point. Every target is a script in scripts/ or qemu/.

# The values of the variables that a user gives, unexpanded: RUN='echo $$HOME' and
# RUN='echo $HOME' are the shell's business, not ours.
user-vars := KDIR FLAVOUR JOBS RUN MCE FIRMWARE CPER BERT CEC CPUS MEM APPEND TIMEOUT QEMU_ARGS FILES NOBUILD TESTS RASDAEMON
$(foreach v,$(user-vars),$(eval override $(v) := $$(value $(v))))
export $(user-vars)
MAKEOVERRIDES :=

help: ## this text
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22
	@scripts/show-values

deps: ## install what Debian packages are missing (apt, with sudo if need be)
	@scripts/deps

demo: deps ## a machine check from before the first process, and an injected one, end to end
	@qemu/demo

boot: ## a guest: a shell, or RUN='command' with its output and status
	@scripts/build boot
	@qemu/boot || { s=$$?; echo $$s >build/status.$$PPID; exit $$s; }

# See there; where it cannot be built, a failed boot is a 2.
ifneq ($(filter boot,$(MAKECMDGOALS)),)
-load build/status.so
build/status.so: qemu/status.c
	@mkdir -p build && gcc -shared -fPIC -o $@ $<
endif

check: deps ## run every test with the plain and the debug kernel: "N passed, N failed, N skipped"
	@qemu/check

fuzz: deps ## a million records at random for injection, with the debug kernel: the same verdict
	@qemu/fuzz

bench: deps ## what it costs, in memory, instructions per event and boot time, beside ftrace
	@qemu/bench

lint: deps ## checkpatch, sparse, shellcheck, and the checks of the series
	@scripts/lint

series: deps ## the mailable series in build/series, verified against the tested tree
	@scripts/series

series-build: deps ## compile every step of the series
	@scripts/series-build

prepare: ## only the patched source, build/linux
	@scripts/prepare

kernel: ## only build the kernel
	@scripts/build kernel

tools: ## only build tools/ras
	@scripts/build tools

clean: ## remove build/
	rm -rf build

.PHONY: help deps demo boot check fuzz bench lint series series-build prepare kernel tools clean
