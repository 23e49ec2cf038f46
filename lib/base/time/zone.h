/* Time zones by name. The C library silently takes UTC for a zone that it does
 * not know. */
#ifndef BASE_TIME_ZONE_H
#define BASE_TIME_ZONE_H

#include <stdbool.h>

#include "lib/base/memory/arena.h"

/* True for a file of the system's zones ("Europe/Berlin", ":Europe/Berlin", an
 * absolute path) and for a rule as POSIX writes it ("CET-1CEST,M3.5.0,
 * M10.5.0/3"; The Open Group Base Specifications 8.3, with the wider times of
 * RFC 8536 section 3.3.1). */
bool zone_is_known(const char *zone);

/* The zone in force, TZ's or the system's, under a name that means the same to
 * a process with another TZ. */
const char *zone_in_force(struct arena *arena);

#endif
