/* The clocks: see clock.h. */
#define _GNU_SOURCE
#include "lib/base/time/clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/log/log.h"

static int64_t read_ms(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_wall_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

int64_t clock_boot_ms(void)
{
    return read_ms(CLOCK_BOOTTIME);
}

void clock_boot_id(char out[CLOCK_BOOT_ID_SIZE])
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, out, CLOCK_BOOT_ID_SIZE - 1);
    if (fd >= 0)
        close(fd);
    if (got != CLOCK_BOOT_ID_SIZE - 1)
        die("cannot read the kernel's boot id");
    out[CLOCK_BOOT_ID_SIZE - 1] = '\0';
}

/* Splits into whole seconds and milliseconds, also before 1970. */
static time_t whole_seconds(int64_t wall_ms, int *rest_ms)
{
    int64_t seconds = wall_ms / 1000;
    int rest = (int)(wall_ms % 1000);
    if (rest < 0) {
        rest += 1000;
        seconds--;
    }
    *rest_ms = rest;
    return (time_t)seconds;
}

void clock_rfc3339(int64_t wall_ms, char out[CLOCK_RFC3339_SIZE])
{
    int rest;
    time_t seconds = whole_seconds(wall_ms, &rest);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    char text[80];
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
             tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
             tm.tm_min, tm.tm_sec, rest);
    memcpy(out, text, CLOCK_RFC3339_SIZE - 1);
    out[CLOCK_RFC3339_SIZE - 1] = '\0';
}

void clock_rfc5322(int64_t wall_ms, char out[CLOCK_RFC5322_SIZE])
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int rest;
    time_t seconds = whole_seconds(wall_ms, &rest);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    char text[80];
    snprintf(text, sizeof text, "%.3s, %02d %.3s %04d %02d:%02d:%02d +0000",
             days + tm.tm_wday * 3L, tm.tm_mday, months + tm.tm_mon * 3L,
             tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
    memcpy(out, text, CLOCK_RFC5322_SIZE - 1);
    out[CLOCK_RFC5322_SIZE - 1] = '\0';
}

static struct tm in_zone(int64_t wall_ms)
{
    int rest;
    time_t seconds = whole_seconds(wall_ms, &rest);
    struct tm tm;
    localtime_r(&seconds, &tm);
    return tm;
}

void clock_local(int64_t wall_ms, char out[CLOCK_LOCAL_SIZE])
{
    struct tm tm = in_zone(wall_ms);
    if (strftime(out, CLOCK_LOCAL_SIZE, "%e %b %Y, %H:%M:%S %Z", &tm) == 0)
        out[0] = '\0';
    if (out[0] == ' ')
        memmove(out, out + 1, strlen(out));
}

void clock_local_in(const char *zone, int64_t wall_ms,
                    char out[CLOCK_LOCAL_SIZE])
{
    const char *in_force = getenv("TZ");
    if (in_force != NULL && strcmp(in_force, zone) == 0) {
        clock_local(wall_ms, out);
        return;
    }
    char *kept = in_force == NULL ? NULL : strdup(in_force);
    if ((in_force != NULL && kept == NULL) || setenv("TZ", zone, 1) != 0)
        die("clock: no memory");
    tzset();
    clock_local(wall_ms, out);
    if (kept == NULL)
        unsetenv("TZ");
    else
        setenv("TZ", kept, 1);
    free(kept);
    tzset();
}

void clock_day(int64_t wall_ms, char out[CLOCK_DAY_SIZE])
{
    struct tm tm = in_zone(wall_ms);
    if (strftime(out, CLOCK_DAY_SIZE, "%Y-%m-%d", &tm) == 0)
        out[0] = '\0';
}

bool clock_read_day(const char *text, int64_t *wall_ms)
{
    struct tm noon = {.tm_isdst = -1};
    char again[CLOCK_DAY_SIZE];
    const char *end = strptime(text, "%Y-%m-%d", &noon);
    if (end == NULL || *end != '\0' || noon.tm_year < 70)
        return false;
    struct tm midnight = noon;
    noon.tm_hour = 12;
    clock_day((int64_t)mktime(&noon) * 1000, again);
    *wall_ms = (int64_t)mktime(&midnight) * 1000;
    return strcmp(again, text) == 0; /* no 31 February, no 2026-1-2 */
}
