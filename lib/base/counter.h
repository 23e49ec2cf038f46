/* Counts of what a program did, which outlive its processes: a small file in
 * run/, NAME.counters, that each of them maps. Several may count at once; none
 * waits for another. Counted by lib/web and the reaper, read by
 * cgi-bin/metrics.
 *
 * A count never goes back, save after a power cut or where the file was not one
 * of ours: then it begins anew. */
#ifndef BASE_COUNTER_H
#define BASE_COUNTER_H

#include "lib/base/text.h"

/* New ones come at the end. A file with another number of them begins anew.
 * counter.c has their names. */
enum counter {
    COUNTER_STARTS,
    COUNTER_ANSWERS_2XX, /* requests by what was answered */
    COUNTER_ANSWERS_3XX,
    COUNTER_ANSWERS_4XX,
    COUNTER_ANSWERS_5XX,
    COUNTER_BATCHES, /* of writes that were committed */
    COUNTER_KINDS
};

struct counters;

/* The program's file in folder, made if it is not there. Never fails: where
 * there can be no file, which is logged, the counts end with the process.
 * Unmapped when that ends. */
struct counters *counters_open(const char *folder, const char *program);

void counters_add(struct counters *counters, enum counter which);

/* Writes what every program in folder counted in Prometheus' text format, by
 * program. */
void counters_write(struct text *out, const char *folder);

#endif
