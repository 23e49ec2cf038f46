/* Damage found in the database: see damage.h. */
#define _GNU_SOURCE
#include "lib/shop/health/damage.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/system/file.h"
#include "lib/shop/health/alarm.h"

enum { DAMAGE_HOUR = 3, DAMAGE_MINUTE = 30, DAMAGE_MAX_FILE = 64 * 1024 };

bool damage_known(const struct settings *settings)
{
    return access(settings->damage, F_OK) == 0;
}

const char *damage_text(const struct settings *settings, struct arena *arena)
{
    size_t length;
    if (!damage_known(settings))
        return NULL;
    char *text = file_read(arena, settings->damage, DAMAGE_MAX_FILE, &length);
    return text == NULL ? "what is damaged cannot be read"
                        : arena_copy(arena, text, strcspn(text, "\n"));
}

static const char *checked_path(const struct settings *settings,
                                struct arena *arena)
{
    return arena_printf(arena, "%s/checked", settings->run);
}

static bool replace(const char *path, const char *text)
{
    return file_write_aside(path, text, strlen(text)) &&
           file_put_in_place(path);
}

bool damage_record(const struct settings *settings, const char *text,
                   int64_t now_ms, struct arena *arena)
{
    const char *now = arena_printf(arena, "%lld\n", (long long)now_ms);
    bool kept = text != NULL ? replace(settings->damage,
                                       arena_printf(arena, "%s\n", text))
                             : unlink(settings->damage) == 0 || errno == ENOENT;
    return replace(checked_path(settings, arena), now) && kept;
}

static int64_t last_night_ms(int64_t now_ms)
{
    time_t now = (time_t)(now_ms / 1000);
    struct tm local;
    localtime_r(&now, &local);
    bool passed =
        local.tm_hour * 60 + local.tm_min >= DAMAGE_HOUR * 60 + DAMAGE_MINUTE;
    local.tm_mday -= passed ? 0 : 1;
    local.tm_hour = DAMAGE_HOUR;
    local.tm_min = DAMAGE_MINUTE;
    local.tm_sec = 0;
    local.tm_isdst = -1;
    return (int64_t)mktime(&local) * 1000;
}

bool damage_check_due(const struct settings *settings, int64_t now_ms,
                      struct arena *arena)
{
    size_t length;
    const char *text =
        file_read(arena, checked_path(settings, arena), 64, &length);
    if (text == NULL || damage_known(settings))
        return true;
    long long checked_ms = strtoll(text, NULL, 10);
    return checked_ms < last_night_ms(now_ms) || checked_ms > now_ms;
}

void damage_alarm(struct db *db, const struct settings *settings,
                  int64_t now_ms, struct arena *arena)
{
    assert(db_in_transaction(db));
    const char *text = damage_text(settings, arena);
    if (text == NULL)
        alarm_settle_about(db, ALARM_DAMAGE, "", now_ms);
    else
        alarm_raise(db, ALARM_DAMAGE, NULL,
                    arena_printf(arena,
                                 "The database is damaged, and no orders are "
                                 "taken until a whole one is put back: %s",
                                 text),
                    now_ms);
}
