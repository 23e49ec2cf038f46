/* Which order or event the reaper has in hand, noted where the next reaper
 * finds it after a crash: a small file shared in memory, so a note costs no
 * system call and outlives the process, though not the machine. */
#ifndef REAPER_IN_HAND_H
#define REAPER_IN_HAND_H

#include <stdint.h>

#include "lib/adapter/crypto.h"

struct in_hand {
    char *note; /* the mapped file */
};

/* What IN_HAND_NOTHING stands for: the reaper ran, with no order in hand. */
#define IN_HAND_NOTHING "-"

/* Opens the file in folder. last is what the reaper before left: the order (or
 * event) in hand when it died, IN_HAND_NOTHING when it died with none, "" when
 * it ended in order. */
struct in_hand in_hand_open(const char *folder, char last[CRYPTO_UUID_SIZE]);

void in_hand_take(struct in_hand *hand, const char *order_id);

/* The same with an event of the inbox, by its sequence. */
void in_hand_take_event(struct in_hand *hand, int64_t sequence);

/* The event that this note stands for; 0: none. */
int64_t in_hand_event(const char *last);

void in_hand_clear(struct in_hand *hand);

/* Ends in order. */
void in_hand_close(struct in_hand *hand);

#endif
