/* web_main: what every endpoint does before its loop. */
#define _GNU_SOURCE
#include <assert.h>
#include <fcgiapp.h>
#include <fcntl.h>

#include "lib/adapter/page.h"
#include "lib/base/log/log.h"
#include "lib/base/memory/memory.h"
#include "lib/base/system/signals.h"
#include "lib/base/system/wake.h"
#include "lib/web/loop.h"
#include "lib/web/problem.h"

enum { PROGRAM_ARENA = 1024 * 1024, PROGRAM_LISTEN_FD = 0 };

/* Runs app->open in a transaction of its own. */
static void call_open(struct web *web)
{
    if (db_begin(web->own_writer, 10000) != DB_OK)
        die("the database stays locked");
    web->writer = web->own_writer;
    web->app->open(web);
    web->writer = NULL;
    if (db_commit(web->own_writer) != DB_OK)
        die("the database cannot be written");
}

bool web_begin(struct web *web)
{
    assert(web->writer == NULL && web->own_writer != NULL);
    if (db_begin(web->own_writer, WEB_WRITE_WAIT_MS) != DB_OK)
        return false;
    web->writer = web->own_writer;
    return true;
}

bool web_commit(struct web *web)
{
    assert(web->writer != NULL);
    web->writer = NULL;
    return db_commit(web->own_writer) == DB_OK;
}

void web_tell(const struct web *web, const char *message)
{
    wake_send(web->wake_fd, web->wake_path, message);
}

int web_busy(const struct web *web, const struct request *request,
             struct reply *reply)
{
    reply_header(reply, "Retry-After", "1");
    return problem(request, reply, 503, web->app->busy);
}

/* A program that only reads cannot write, whatever happens to it. */
static bool writes(const struct web_app *app, const struct web_program *program)
{
    bool found = app->open != NULL;
    for (const struct route *r = program->routes; r->method != NULL; r++)
        found = found || r->write != NULL;
    return found;
}

/* Opens what the application has. */
static void open_app(struct web *web, const struct web_program *program,
                     struct arena *arena)
{
    const struct web_app *app = web->app;
    const char *path = app->database(web->settings);
    web->wake_fd = wake_sender();
    web->wake_path =
        arena_printf(arena, "%s/%s.sock", web->settings->run, app->wakes);
    web->own_writer = writes(app, program) ? db_open(path, DB_WRITE) : NULL;
    if (app->open != NULL)
        call_open(web);
    web->reader = db_open(path, DB_READ);
    if (app->signing_key != NULL)
        app->signing_key(web->reader, web->signing_key);
}

int web_main(const struct web_app *app, const struct web_program *program)
{
    memory_keep_little();
    struct arena arena = arena_create(PROGRAM_ARENA);
    struct settings settings;
    const char *fault;
    bool valid = settings_read(&arena, &settings, &fault);
    log_open(program->name, settings.log_level);
    log_follow(settings.log);
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

    struct web web = {.settings = &settings,
                      .app = app,
                      .metrics = metrics_open(settings.run, program->name)};
    metric_add(web.metrics, METRIC_STARTS);
    open_app(&web, program, &arena);
    if (program->templates != NULL)
        page_load(arena_printf(&arena, "%s/templates", settings.root),
                  program->templates);
    log_info("serving");
    memory_give_back(); /* what only the start needed */
    loop_run(&web, program, PROGRAM_LISTEN_FD, signal_fd);
    db_close(web.reader);
    if (web.own_writer != NULL)
        db_close(web.own_writer);
    arena_destroy(&arena);
    log_info("stopped");
    return 0;
}
