/* Counts of what a program did, which outlive its processes: a small file in
 * run/, NAME.metrics, that each of them maps. Several may count at once; none
 * waits for another. Counted by lib/web and the reaper, read by
 * cgi-bin/metrics.
 *
 * A count never goes back, save after a power cut or where the file was not one
 * of ours: then it begins anew. */
#ifndef BASE_LOG_METRIC_H
#define BASE_LOG_METRIC_H

#include "lib/base/text/text.h"

/* New ones come at the end. A file with another number of them begins anew.
 * metric.c has their names. */
enum metric {
    METRIC_STARTS,
    METRIC_ANSWERS_2XX, /* requests by what was answered */
    METRIC_ANSWERS_3XX,
    METRIC_ANSWERS_4XX,
    METRIC_ANSWERS_5XX,
    METRIC_BATCHES, /* of writes that were committed */
    METRIC_KINDS
};

struct metrics;

/* The program's file in folder, made if it is not there. Never fails: where
 * there can be no file, which is logged, the counts end with the process.
 * Unmapped when that ends. */
struct metrics *metrics_open(const char *folder, const char *program);

void metric_add(struct metrics *metrics, enum metric which);

/* Writes what every program in folder counted in Prometheus' text format, by
 * program. */
void metrics_write(struct text *out, const char *folder);

#endif
