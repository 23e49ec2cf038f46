# Ordermill. `make run` serves the shop, `make test` tests it; both install
# the Debian packages they lack. Everything built stands under build/.

BUILD_PACKAGES = gcc g++ pkg-config libc6-dev libfcgi-dev libsqlite3-dev \
    libcjson-dev zlib1g-dev libctemplate-dev libhpdf-dev libcurl4-openssl-dev \
    libsodium-dev libmd-dev libqrencode-dev libunistring-dev nginx-light ca-certificates tzdata
TEST_PACKAGES = libcmocka-dev clang-format node:nodejs npm:npm chromium qpdf \
    poppler-utils faketime sqlite3 postgresql

WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wvla -Wformat=2 \
    -Wcast-qual -Wwrite-strings -Werror
C_WARNINGS = -Wstrict-prototypes -Wmissing-prototypes
CPPFLAGS = -I.
CFLAGS = -std=c17 -O2 -g -fPIE -fstack-protector-strong -ffunction-sections \
    $(WARNINGS) $(C_WARNINGS)
CXXFLAGS = -std=c++17 -O2 -g -fPIE -ffunction-sections -Wall -Wextra -Werror
LDFLAGS = -pie -Wl,-z,relro,-z,now -Wl,--gc-sections -Wl,--as-needed
LDLIBS = -lfcgi -lsqlite3 -lcjson -lctemplate_nothreads -lhpdf -lcurl \
    -lsodium -lmd -lqrencode -lunistring -lz -lm
SANITIZE = -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
    -fno-omit-frame-pointer -DDB_CHECK_PLANS

find = $(shell find $(1) -name '*.c' -o -name '*.cc')
LIB = $(call find,lib)
# What nginx/ordermill.conf passes requests to; see cli/serve/programs.h.
ROUTED = $(sort $(shell sed -n 's/^ *fastcgi_pass \(.*\);/\1/p' \
    nginx/ordermill.conf))
CGI = $(patsubst %,cgi-bin/%.c,$(filter-out gateway,$(ROUTED)))
GATEWAY = $(call find,cgi-bin/gateway)
REAPER = $(call find,reaper)
CLI = $(call find,cli)
UNIT = $(wildcard tests/unit/*_test.c)
MAINS = cgi-bin/gateway/gateway.c cgi-bin/gateway/deliverer.c reaper/reaper.c
PROGRAMS = $(ROUTED:%=build/cgi-bin/%) build/cgi-bin/gateway-deliverer \
    build/reaper build/ordermill

all: $(PROGRAMS)

objects = $(patsubst %,build/$(1)/%.o,$(basename $(2)))

build/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo '  $(CC) $<'
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@
build/obj/%.o: %.cc
	@mkdir -p $(@D)
	@echo '  $(CXX) $<'
	@$(CXX) $(CPPFLAGS) $(CXXFLAGS) -MMD -MP -c $< -o $@
build/san/%.o: %.c
	@mkdir -p $(@D)
	@echo '  $(CC) (sanitised) $<'
	@$(CC) $(CPPFLAGS) $(CFLAGS) $(SANITIZE) -MMD -MP -c $< -o $@
build/san/%.o: %.cc
	@mkdir -p $(@D)
	@echo '  $(CXX) (sanitised) $<'
	@$(CXX) $(CPPFLAGS) $(CXXFLAGS) $(SANITIZE) -MMD -MP -c $< -o $@

build/libordermill.a: $(call objects,obj,$(LIB))
	@rm -f $@
	@$(AR) qcs $@ $^

link = @$(CXX) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LDLIBS)

$(CGI:%.c=build/%): build/%: build/obj/%.o build/libordermill.a
	@mkdir -p $(@D)
	$(link)
# Two programs of one folder: each takes what it needs of the others' objects.
build/libgateway.a: $(call objects,obj,$(filter-out $(MAINS),$(GATEWAY)))
	@rm -f $@
	@$(AR) qcs $@ $^
build/cgi-bin/gateway: build/obj/cgi-bin/gateway/gateway.o build/libgateway.a \
    build/libordermill.a
	@mkdir -p $(@D)
	$(link)
build/cgi-bin/gateway-deliverer: build/obj/cgi-bin/gateway/deliverer.o \
    build/libgateway.a build/libordermill.a
	@mkdir -p $(@D)
	$(link)
build/reaper: $(call objects,obj,$(REAPER)) build/libordermill.a
	$(link)
build/ordermill: $(call objects,obj,$(CLI)) build/libordermill.a
	$(link)

# Unit tests run under ASan and UBSan against everything but the mains; only
# the gateway's own see the gateway, which has a refund of its own, too. The
# audit looks into a gateway's book.
build/san/all.a: $(call objects,san,$(LIB) $(filter-out $(MAINS),$(REAPER)))
	@rm -f $@
	@$(AR) qcs $@ $^
build/san/gateway.a: $(call objects,san,$(filter-out $(MAINS),$(GATEWAY)))
	@rm -f $@
	@$(AR) qcs $@ $^
unit_link = @mkdir -p $(@D); $(CXX) $(SANITIZE) -o $@ $^ $(LDLIBS) -lcmocka
build/unit/%: build/san/tests/unit/%.o build/san/all.a
	$(unit_link)
build/unit/gateway_%: build/san/tests/unit/gateway_%.o build/san/gateway.a \
    build/san/all.a
	$(unit_link)
build/unit/audit_test build/unit/audit_refund_test: \
    build/san/cgi-bin/gateway/base/journal.o

# All programs under ASan and UBSan; the HTTP tests once against them. Slow, so
# it is no part of `make test`.
sanitized_link = @mkdir -p $(@D); \
    $(CXX) $(SANITIZE) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LDLIBS)
$(CGI:%.c=build/sanitized/%): build/sanitized/%: build/san/%.o build/san/all.a
	$(sanitized_link)
build/sanitized/cgi-bin/gateway: build/san/cgi-bin/gateway/gateway.o \
    build/san/gateway.a build/san/all.a
	$(sanitized_link)
build/sanitized/cgi-bin/gateway-deliverer: \
    build/san/cgi-bin/gateway/deliverer.o build/san/gateway.a build/san/all.a
	$(sanitized_link)
build/sanitized/reaper: build/san/reaper/reaper.o build/san/all.a
	$(sanitized_link)
build/sanitized/ordermill: $(call objects,san,$(CLI)) build/san/all.a
	$(sanitized_link)
test-sanitized: test-packages
	@$(MAKE) --no-print-directory $(PROGRAMS:build/%=build/sanitized/%)
	@tests/sanitized
.PHONY: test-sanitized

run: packages all
	@exec build/ordermill serve

# Calls apt-get only when something is missing; starts no service.
packages:
	@packaging/install-packages $(BUILD_PACKAGES)
test-packages:
	@packaging/install-packages $(BUILD_PACKAGES) $(TEST_PACKAGES)

unit: $(UNIT:tests/unit/%.c=build/unit/%)
lint:
	@tests/lint
format:
	clang-format -i $(filter %.c,$(LIB) $(CGI) $(GATEWAY) $(REAPER) $(CLI) \
	    $(UNIT)) $(shell find lib reaper cli cgi-bin -name '*.h')

test: test-packages
	@$(MAKE) --no-print-directory all unit
	@tests/run

# Figures, not a gate: see tests/bench/*.mjs.
BENCH_PACKAGES = wrk nghttp2-client strace sqlite3
build/bench/bare_%: tests/bench/bare_%.c
	@mkdir -p $(@D)
	@$(CC) -O2 -o $@ $< -lsqlite3
build/bench/backlog: build/obj/tests/bench/backlog.o build/libordermill.a
	@mkdir -p $(@D)
	$(link)
bench bench-engine: all build/bench/bare_loop build/bench/bare_inserts \
    build/bench/backlog
	@packaging/install-packages $(BENCH_PACKAGES)
	$(if $(filter bench,$@),node tests/bench/run.mjs)
	$(if $(filter bench,$@),node tests/bench/webhooks.mjs)
	$(if $(filter bench,$@),node tests/bench/payments.mjs)
	node tests/bench/engine.mjs
.PHONY: bench-engine

# libFuzzer on what reads others' text, each for FUZZ_S seconds; no part of
# `make test`. What breaks one goes to tests/fuzz/crashers and stays as a test.
FUZZ_S = 120
FUZZERS = $(patsubst tests/fuzz/%.c,build/fuzz/%,$(wildcard tests/fuzz/*.c))
FUZZED = -std=c17 -O1 -g -fsanitize=address,undefined
build/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	@clang $(CPPFLAGS) $(FUZZED) -fsanitize=fuzzer-no-link -MMD -MP -c $< -o $@
build/fuzz/all.a: $(call objects,fuzz/obj,$(filter %.c,$(LIB)))
	@rm -f $@
	@$(AR) qcs $@ $^
build/fuzz/%: build/fuzz/obj/tests/fuzz/%.o build/fuzz/all.a
	@clang -fsanitize=address,undefined,fuzzer -o $@ $^ $(LDLIBS)
fuzz:
	@packaging/install-packages $(BUILD_PACKAGES) clang
	@$(MAKE) --no-print-directory $(FUZZERS)
	@for fuzzer in $(FUZZERS); do \
	    crashers=tests/fuzz/crashers/$$(basename $$fuzzer _fuzz); \
	    mkdir -p $$crashers build/fuzz/found/$$(basename $$fuzzer) && \
	    $$fuzzer -max_len=4096 -timeout=5 -max_total_time=$(FUZZ_S) \
	        -print_final_stats=1 -artifact_prefix=$$crashers/ \
	        build/fuzz/found/$$(basename $$fuzzer) $$crashers || exit 1; \
	done
.PHONY: fuzz

# The state machines of tests/asl in other implementations of the language, and
# the gateway module against an emulator of Stripe;
# not part of `make test`. Wants Node 20.
test-peers: build/ordermill
	@packaging/install-packages node:nodejs npm:npm
	@cd tests/peers && npm ci --no-audit --no-fund && node --test
.PHONY: test-peers

clean:
	rm -rf build


.PHONY: all run test bench unit lint format packages test-packages clean
.SECONDARY:
-include $(shell find build -name '*.d' 2>/dev/null)
