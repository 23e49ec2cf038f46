/* `ordermill serve`: runs the whole shop in the foreground. It prepares HOME,
 * opens the programs' sockets and hands all to the supervisor. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/serve/listener.h"
#include "cli/serve/nginx_conf.h"
#include "cli/serve/supervisor.h"
#include "lib/base/log/log.h"
#include "lib/base/settings/check.h"
#include "lib/base/time/clock.h"
#include "lib/shop/staff/staff.h"

#define FIRST_STAFF "staff@shop.example"

/* How long a shop that was killed a moment ago may still hold its port. */
enum { PORT_PATIENCE_MS = 2000, PORT_PAUSE_NS = 50000000 };

static const char *socket_path(const struct cli *cli, const char *name)
{
    return arena_printf(cli->arena, "%s/%s.sock", cli->settings->run, name);
}

/* One serve a HOME, for as long as the process lives. */
static bool lock_home(const struct cli *cli)
{
    const char *path =
        arena_printf(cli->arena, "%s/serve.lock", cli->settings->run);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (fd >= 0 && errno == EWOULDBLOCK)
        cli_fail("a shop already runs with ORDERMILL_HOME=%s",
                 cli->settings->home);
    else
        cli_fail("%s: %s", path, strerror(errno));
    return false;
}

static bool port_free(const char *address, const char *variable)
{
    const struct timespec pause = {.tv_nsec = PORT_PAUSE_NS};
    int64_t end = clock_boot_ms() + PORT_PATIENCE_MS;
    const char *fault;
    while ((fault = listener_fault(address)) != NULL && clock_boot_ms() < end)
        nanosleep(&pause, NULL);
    if (fault != NULL)
        cli_fail("cannot listen on %s: %s; set %s to another host:port",
                 address, fault, variable);
    return fault == NULL;
}

static bool ports_free(const struct settings *settings)
{
    if (settings->gateway_is_local &&
        strcmp(settings->listen, settings->gateway_listen) == 0) {
        cli_fail("ORDERMILL_LISTEN and ORDERMILL_GATEWAY_LISTEN are one");
        return false;
    }
    return port_free(settings->listen, "ORDERMILL_LISTEN") &&
           (!settings->gateway_is_local ||
            port_free(settings->gateway_listen, "ORDERMILL_GATEWAY_LISTEN"));
}

static bool program_there(const struct settings *settings, const char *path)
{
    if (eaccess(path, X_OK) == 0)
        return true;
    if (errno == EACCES && settings->user != NULL)
        cli_fail("%s: the user %s may not run it; the checkout must be one "
                 "that all can read",
                 path, settings->user);
    else
        cli_fail("%s: %s; `make` builds it", path, strerror(errno));
    return false;
}

static bool add_programs(struct supervisor *s, const struct programs *programs)
{
    const struct cli *cli = s->cli;
    for (size_t i = 0; i < programs->count; i++) {
        const struct program *program = &programs->list[i];
        const char *path = arena_printf(cli->arena, "%s/cgi-bin/%s",
                                        cli->settings->build, program->name);
        if (!program_there(cli->settings, path))
            return false;
        int fd = listener_open(socket_path(cli, program->name), SOCK_STREAM);
        for (size_t p = 0; p < program->processes; p++)
            supervisor_add(s, &(struct child){.kind = CHILD_PROGRAM,
                                              .name = program->name,
                                              .argv = {path},
                                              .listen_fd = fd,
                                              .rests = true});
    }
    return true;
}

/* The local gateway calls back. It starts with us, since it may have work from
 * before. */
static bool add_deliverer(struct supervisor *s)
{
    const char *path = arena_printf(
        s->cli->arena, "%s/cgi-bin/gateway-deliverer", s->cli->settings->build);
    if (!s->cli->settings->gateway_is_local)
        return true;
    if (!program_there(s->cli->settings, path))
        return false;
    supervisor_add(
        s, &(struct child){.kind = CHILD_DELIVERER,
                           .name = "gateway-deliverer",
                           .argv = {path},
                           .listen_fd = listener_open(
                               socket_path(s->cli, "deliverer"), SOCK_DGRAM)});
    return true;
}

static bool add_children(struct supervisor *s, const struct programs *programs)
{
    struct arena *arena = s->cli->arena;
    const struct settings *settings = s->cli->settings;
    const char *reaper = arena_printf(arena, "%s/reaper", settings->build);
    const char *nginx = nginx_find(arena);
    if (nginx == NULL) {
        cli_fail("no nginx here: `make run` installs it");
        return false;
    }
    if (!program_there(settings, reaper) || !add_programs(s, programs) ||
        !add_deliverer(s))
        return false;
    supervisor_add(s, &(struct child){.kind = CHILD_REAPER,
                                      .name = "reaper",
                                      .argv = {reaper},
                                      .listen_fd = -1});
    supervisor_add(
        s,
        &(struct child){
            .kind = CHILD_NGINX,
            .name = "nginx",
            .argv = {nginx, "-p", arena_printf(arena, "%s/", settings->home),
                     "-c", arena_printf(arena, "%s/nginx.conf", settings->run),
                     "-e",
                     arena_printf(arena, "%s/nginx-error.log", settings->log)},
            .listen_fd = -1});
    return true;
}

/* Nothing of a run stays but the data, the logs and the lock's file. */
static void remove_sockets(const struct cli *cli,
                           const struct programs *programs)
{
    for (size_t i = 0; i < programs->count; i++)
        unlink(socket_path(cli, programs->list[i].name));
    unlink(socket_path(cli, "notify"));
    unlink(socket_path(cli, "reaper"));
    unlink(socket_path(cli, "deliverer"));
    unlink(arena_printf(cli->arena, "%s/nginx.pid", cli->settings->run));
}

static void make_staff(const struct cli *cli, struct db *db)
{
    char password[ADMIN_PASSWORD_SIZE];
    char hash[CRYPTO_PASSWORD_HASH_SIZE];
    admin_password(password);
    crypto_password_hash(password, hash);
    if (db_begin(db, CLI_LOCK_WAIT_MS) != DB_OK)
        return;
    staff_put(db, FIRST_STAFF, hash, clock_wall_ms(), cli->arena);
    if (cli_commit(db)) {
        printf("  Sign-in      " FIRST_STAFF "\n");
        printf("  Password     %s (shown this once)\n", password);
    }
}

/* The first staff sign-in, and only then its password; later who it is. */
static void print_staff(const struct cli *cli)
{
    struct db *db = cli_open_shop(cli);
    if (db == NULL)
        return;
    const char *email = staff_first_email(db, cli->arena);
    if (email != NULL) {
        printf("  Sign-in      %s\n", email);
        printf("               `%s/ordermill admin create EMAIL` makes "
               "a new password\n",
               cli->settings->build);
    } else {
        make_staff(cli, db);
    }
    db_close(db);
}

static void announce(const struct cli *cli)
{
    const struct settings *settings = cli->settings;
    printf("\n  Shop         %s/\n", settings->base_url);
    printf("  Staff pages  %s/admin/\n", settings->base_url);
    print_staff(cli);
    printf("  Data         %s\n", settings->home);
    if (getuid() == 0 && settings->user == NULL)
        printf("  Runs as      root; ORDERMILL_USER=NAME gives its programs a "
               "user of less power\n");
    putchar('\n');
    printf("Ordermill is ready at %s/\n", settings->base_url);
    fflush(stdout);
}

static void warn(const struct settings *settings)
{
    const char *list[SETTINGS_WARNINGS];
    size_t count = settings_warnings(settings, list);
    for (size_t i = 0; i < count; i++)
        cli_fail("warning: %s", list[i]);
}

/* Whatever is opened later must not become fd 0, 1 or 2. */
static void open_standard_files(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
}

/* With https something in front ends TLS, and all requests come from it. */
static bool proxy_told(const struct settings *settings)
{
    if (!settings_is_https(settings) || settings->trusted_proxy != NULL)
        return true;
    cli_fail("ORDERMILL_BASE_URL is https, so a proxy stands in front: set "
             "ORDERMILL_TRUSTED_PROXY to the address that it calls from, such "
             "as 127.0.0.1");
    return false;
}

/* The programs do not ask: most of them are not told the key. */
static bool key_told(const struct settings *settings)
{
    if (!settings->has_gateway || settings->gateway_is_local ||
        settings->stripe_key != NULL)
        return true;
    cli_fail("ORDERMILL_STRIPE_URL names a gateway, which wants a key: write "
             "it into a file and set ORDERMILL_STRIPE_KEY_FILE to that");
    return false;
}

/* For all its programs, since they inherit it: no memory is written to a core
 * file, and no program that they start gains a privilege. */
static void give_up_power(void)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* The files that ORDERMILL_* names must be readable for the programs' user. */
static bool user_can_read(const struct cli *cli)
{
    struct settings as_user;
    const char *fault;
    if (cli->settings->user == NULL ||
        settings_read(cli->arena, &as_user, &fault))
        return true;
    cli_fail("as the user %s: %s", cli->settings->user, fault);
    return false;
}

int serve_run(const struct cli *cli)
{
    struct programs programs;
    open_standard_files();
    give_up_power();
    if (!proxy_told(cli->settings) || !key_told(cli->settings))
        return CLI_FAILED;
    if (!listener_path_fits(socket_path(cli, "payment-methods")))
        return cli_fail("ORDERMILL_HOME: its path is too long for the "
                        "sockets in it");
    warn(cli->settings);
    if (!init_folders(cli->settings) || !user_can_read(cli) ||
        !lock_home(cli) || !init_shop(cli) || !ports_free(cli->settings) ||
        !nginx_conf_write(cli->arena, cli->settings, &programs))
        return CLI_FAILED;
    log_copy(cli->settings->log);
    struct supervisor supervisor;
    supervisor_open(&supervisor, cli);
    if (!checkup_open(&supervisor.checkup, cli))
        return CLI_FAILED;
    unlink(cli->settings->dying); /* of a run before */
    int status = add_children(&supervisor, &programs)
                     ? supervisor_run(&supervisor, announce)
                     : CLI_FAILED;
    remove_sockets(cli, &programs);
    checkup_close(cli);
    return status;
}
