/* Time: UTC milliseconds inside, RFC 3339 `Z` outside, the shop's zone on
 * pages, and CLOCK_BOOTTIME for everything that waits. */
#ifndef BASE_TIME_CLOCK_H
#define BASE_TIME_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

enum {
    CLOCK_RFC3339_SIZE = sizeof "2026-01-02T03:04:05.678Z",
    CLOCK_RFC5322_SIZE = sizeof "Fri, 02 Jan 2026 03:04:05 +0000",
    CLOCK_LOCAL_SIZE = 40,
    CLOCK_DAY_SIZE = sizeof "2026-01-02",
    CLOCK_BOOT_ID_SIZE = 37
};

/* Milliseconds since 1970 by the wall clock. */
int64_t clock_wall_ms(void);

/* Milliseconds since boot, suspended time counted; no clock jump moves it. */
int64_t clock_boot_ms(void);

/* The kernel's id of this boot, a UUID in text. */
void clock_boot_id(char out[CLOCK_BOOT_ID_SIZE]);

/* RFC 3339 section 5.6, in UTC with milliseconds. */
void clock_rfc3339(int64_t wall_ms, char out[CLOCK_RFC3339_SIZE]);

/* RFC 5322 section 3.3 date-time, in UTC. */
void clock_rfc5322(int64_t wall_ms, char out[CLOCK_RFC5322_SIZE]);

/* "20 Nov 2026, 14:05:09 CET" in the zone TZ names (see settings). */
void clock_local(int64_t wall_ms, char out[CLOCK_LOCAL_SIZE]);

/* The same in another zone, as TZ takes it. */
void clock_local_in(const char *zone, int64_t wall_ms,
                    char out[CLOCK_LOCAL_SIZE]);

/* "2026-11-20": the day in that zone, and when it begins there. False: text is
 * no day between 1970 and 9999. */
void clock_day(int64_t wall_ms, char out[CLOCK_DAY_SIZE]);
bool clock_read_day(const char *text, int64_t *wall_ms);

#endif
