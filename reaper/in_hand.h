/* What a reaper has in hand, noted where others find it once it is dead: in a
 * small file in run/. The file is mapped into memory, so a note costs no system
 * call, and outlives the process, though not the machine. The reaper holds the
 * file's lock for as long as it lives. */
#ifndef REAPER_IN_HAND_H
#define REAPER_IN_HAND_H

#include "lib/shop/queue/work.h"

struct in_hand {
    char *note; /* the mapped file */
    int fd;     /* bears the lock */
};

enum { IN_HAND_SIZE = 128 };

/* Makes the file of the reaper with this number, and locks it. */
struct in_hand in_hand_open(const char *folder, int64_t reaper);

/* A piece of work is in hand; an order's execution is; nothing is that could be
 * named. */
void in_hand_work(struct in_hand *hand, const struct work *work);
void in_hand_execution(struct in_hand *hand, const char *order_id);
void in_hand_clear(struct in_hand *hand);

/* Ends in order: frees the lock. What is held then has killed nobody. */
void in_hand_close(struct in_hand *hand);

/* What became of the reaper with this number. */
struct in_hand_found {
    enum {
        IN_HAND_ALIVE,     /* its lock is held */
        IN_HAND_ENDED,     /* in order */
        IN_HAND_DIED,      /* nobody knows over what of all that it held */
        IN_HAND_WORK,      /* it died over this piece of work */
        IN_HAND_EXECUTION, /* or over this order's execution */
    } what;
    enum work_kind kind;
    char subject[WORK_SUBJECT_SIZE]; /* or the order */
};
struct in_hand_found in_hand_find(const char *folder, int64_t reaper);

/* Removes the file of a reaper from whom others have taken over. */
void in_hand_remove(const char *folder, int64_t reaper);

#endif
