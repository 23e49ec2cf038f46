/* Time zones by name: see zone.h. */
#define _GNU_SOURCE
#include "lib/base/time/zone.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ZONE_NAME_MIN = 3, ZONE_OFFSET_HOURS = 24, ZONE_RULE_HOURS = 167 };

static bool is_file(const char *zone)
{
    char path[PATH_MAX];
    char magic[4];
    const char *folder = getenv("TZDIR");
    if (folder == NULL || folder[0] == '\0')
        folder = "/usr/share/zoneinfo";
    int length = zone[0] == '/'
                     ? snprintf(path, sizeof path, "%s", zone)
                     : snprintf(path, sizeof path, "%s/%s", folder, zone);
    if (zone[0] == '\0' || length < 0 || (size_t)length >= sizeof path)
        return false;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    bool is_zone = fread(magic, sizeof magic, 1, file) == 1 &&
                   memcmp(magic, "TZif", sizeof magic) == 0;
    fclose(file);
    return is_zone;
}

/* CET, or <-03>. */
static bool read_name(const char **at)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char quoted[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-";
    bool in_quotes = **at == '<';
    const char *from = *at + in_quotes;
    size_t length = strspn(from, in_quotes ? quoted : letters);
    if (length < ZONE_NAME_MIN || (in_quotes && from[length] != '>'))
        return false;
    *at = from + length + in_quotes;
    return true;
}

static bool read_number(const char **at, int min, int max)
{
    int number = 0;
    const char *from = *at;
    for (; **at >= '0' && **at <= '9' && *at - from < 3; (*at)++)
        number = number * 10 + **at - '0';
    return *at != from && number >= min && number <= max;
}

static bool read_after(const char **at, char mark, int min, int max)
{
    if (**at != mark)
        return false;
    (*at)++;
    return read_number(at, min, max);
}

/* 1, +2:30 or -3:00:00. */
static bool read_time(const char **at, int max_hours)
{
    if (**at == '+' || **at == '-')
        (*at)++;
    if (!read_number(at, 0, max_hours))
        return false;
    return **at != ':' || (read_after(at, ':', 0, 59) &&
                           (**at != ':' || read_after(at, ':', 0, 59)));
}

/* A day of the year: M3.5.0, J60 or 59, and perhaps a time. */
static bool read_rule(const char **at)
{
    bool read;
    if (**at != ',')
        return false;
    (*at)++;
    if (**at == 'M')
        read = read_after(at, 'M', 1, 12) && read_after(at, '.', 1, 5) &&
               read_after(at, '.', 0, 6);
    else if (**at == 'J')
        read = read_after(at, 'J', 1, 365);
    else
        read = read_number(at, 0, 365);
    if (!read || **at != '/')
        return read;
    (*at)++;
    return read_time(at, ZONE_RULE_HOURS);
}

static bool is_rule(const char *at)
{
    if (!read_name(&at) || !read_time(&at, ZONE_OFFSET_HOURS))
        return false;
    if (*at == '\0')
        return true; /* no summer time */
    if (!read_name(&at) ||
        (*at != '\0' && *at != ',' && !read_time(&at, ZONE_OFFSET_HOURS)))
        return false;
    return *at == '\0' || (read_rule(&at) && read_rule(&at) && *at == '\0');
}

bool zone_is_known(const char *zone)
{
    return is_file(zone[0] == ':' ? zone + 1 : zone) || is_rule(zone);
}

/* /etc/localtime is a link to .../zoneinfo/NAME, or a file of its own. */
const char *zone_in_force(struct arena *arena)
{
    static const char system[] = "/etc/localtime";
    static const char folder[] = "/zoneinfo/";
    char target[PATH_MAX];
    const char *zone = getenv("TZ");
    if (zone != NULL)
        return zone[0] == '\0' ? "UTC" : arena_string(arena, zone);
    if (realpath(system, target) == NULL)
        return "UTC";
    const char *name = strstr(target, folder);
    name = name == NULL ? target : name + strlen(folder);
    return arena_string(arena, is_file(name) ? name : system);
}
