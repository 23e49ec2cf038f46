/* web_main: what every endpoint does before its loop. */
#define _GNU_SOURCE
#include <fcgiapp.h>
#include <fcntl.h>

#include "lib/adapter/page.h"
#include "lib/base/log.h"
#include "lib/base/signals.h"
#include "lib/shop/setting.h"
#include "lib/web/loop.h"

enum { PROGRAM_ARENA = 1024 * 1024, PROGRAM_LISTEN_FD = 0 };

/* Runs program->open in a transaction of its own. */
static void call_open(struct web *web, const struct web_program *program,
                      struct db *writer)
{
    if (db_begin(writer, 10000) != DB_OK)
        die("the database stays locked");
    web->writer = writer;
    program->open(web);
    web->writer = NULL;
    if (db_commit(writer) != DB_OK)
        die("the database cannot be written");
}

int web_main(const struct web_program *program)
{
    struct arena arena = arena_create(PROGRAM_ARENA);
    struct settings settings;
    const char *fault;
    bool valid = settings_read(&arena, &settings, &fault);
    log_open(program->name, settings.log_level);
    if (!valid)
        die("%s", fault);
    int signal_fd = signals_open();
    if (FCGX_Init() != 0)
        die("libfcgi does not start");
    int flags = fcntl(PROGRAM_LISTEN_FD, F_GETFL);
    if (flags < 0 || FCGX_IsCGI() ||
        fcntl(PROGRAM_LISTEN_FD, F_SETFL, flags | O_NONBLOCK) != 0)
        die("file descriptor 0 must be a listening socket");
    crypto_open();

    struct web web = {.settings = &settings};
    const char *path =
        program->gateway ? settings.gateway_database : settings.database;
    struct db *writer = db_open(path, DB_WRITE);
    if (program->open != NULL)
        call_open(&web, program, writer);
    web.reader = db_open(path, DB_READ);
    if (!program->gateway)
        setting_signing_key(web.reader, web.signing_key);
    if (program->templates != NULL)
        page_load(arena_printf(&arena, "%s/templates", settings.root),
                  program->templates);
    log_info("serving");
    loop_run(&web, program, writer, PROGRAM_LISTEN_FD, signal_fd);
    db_close(web.reader);
    db_close(writer);
    arena_destroy(&arena);
    log_info("stopped");
    return 0;
}
