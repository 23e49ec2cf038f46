/* Alarms: what staff must look at. One of a kind an order. */
#ifndef ALARM_H
#define ALARM_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/db.h"

struct alarm {
    const char *kind;
    const char *order_id;
    int64_t number; /* the order's */
    const char *detail;
    int64_t created_at_ms;
};

/* Also logged. Raising one that is there already changes nothing. */
void alarm_raise(struct db *db, const char *kind, const char *order_id,
                 const char *detail, int64_t now_ms);

/* What it was raised for is over; nothing happens when there is none. */
void alarm_settle(struct db *db, const char *kind, const char *order_id);

/* Of all orders. */
int64_t alarm_count(struct db *db);

/* Newest first; order_id NULL: of all orders. */
size_t alarm_list(struct db *db, const char *order_id, int64_t limit,
                  struct alarm *list, struct arena *arena);

#endif
