/* Counts of what a program did. They outlive its processes: each of them maps
 * the same small file, run/NAME.metrics. Several may count at once; none waits
 * for another. lib/web and the reaper count, cgi-bin/metrics reads.
 *
 * A count never goes back. Only after a power cut, or where the file was not
 * one of ours, does it begin anew. */
#ifndef BASE_LOG_METRIC_H
#define BASE_LOG_METRIC_H

#include "lib/base/text/text.h"

/* New ones come at the end; metric.c has their names. A file with another
 * number of counts begins anew. */
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

/* The program's file in folder, made if it is not there and mapped until the
 * process ends. Never fails: where there can be no file, that is logged, and
 * the counts end with the process. */
struct metrics *metrics_open(const char *folder, const char *program);

void metric_add(struct metrics *metrics, enum metric which);

/* Writes what every program in folder counted, by program, in Prometheus' text
 * format. */
void metrics_write(struct text *out, const char *folder);

#endif
