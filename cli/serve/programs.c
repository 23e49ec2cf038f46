/* The list of programs: see programs.h. */
#include "cli/serve/programs.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text/text.h"

enum {
    KEPT = 64, /* idle connections of nginx to a program */
    /* An idle connection holds what it brings to the process that took it; so
     * where several share a socket, few are kept. */
    KEPT_OF_SEVERAL = 2,
    KEPT_MS = 60000 /* so long unused */
};

static struct program *find(struct arena *arena, struct programs *programs,
                            const char *name)
{
    for (size_t i = 0; i < programs->count; i++)
        if (strcmp(programs->list[i].name, name) == 0)
            return &programs->list[i];
    assert(programs->count < PROGRAMS_MAX);
    struct program *added = &programs->list[programs->count++];
    *added = (struct program){.name = arena_copy(arena, name, strlen(name)),
                              .processes = 1};
    return added;
}

void programs_read(struct arena *arena, const char *configuration,
                   struct programs *out)
{
    char name[PROGRAMS_MAX_NAME + 1];
    size_t processes;
    *out = (struct programs){.count = 0};
    for (const char *line = configuration; *line != '\0';
         line += strcspn(line, "\n"), line += *line == '\n') {
        if (sscanf(line, " fastcgi_pass %24[^;\n]", name) == 1)
            find(arena, out, name);
        else if (sscanf(line, " #@processes %24s %zu", name, &processes) == 2)
            find(arena, out, name)->processes = processes;
    }
}

const char *programs_upstreams(struct arena *arena,
                               const struct programs *programs, int64_t idle_ms)
{
    /* A program ends once it is idle; by then nginx has closed all. */
    int64_t kept_ms = idle_ms / 2 < KEPT_MS ? idle_ms / 2 : KEPT_MS;
    struct text out = text_create(arena, 4096);
    for (size_t i = 0; i < programs->count; i++)
        text_printf(&out,
                    "    upstream %s {\n"
                    "        server unix:run/%s.sock;\n"
                    "        keepalive %d;\n"
                    "        keepalive_timeout %lldms;\n"
                    "    }\n",
                    programs->list[i].name, programs->list[i].name,
                    programs->list[i].processes == 1 ? KEPT : KEPT_OF_SEVERAL,
                    (long long)kept_ms);
    return out.bytes;
}
