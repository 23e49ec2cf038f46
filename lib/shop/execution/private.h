/* What execution.c, due.c and crash.c share; nobody else
 * includes it. */
#ifndef SHOP_EXECUTION_PRIVATE_H
#define SHOP_EXECUTION_PRIVATE_H

#include <stdint.h>

/* Due times that no clock reaches. A running execution is due at a time of the
 * boot clock below both, or: */
#define EXECUTION_WHEN_WOKEN (INT64_MAX - 1) /* execution_wake makes it due */
#define EXECUTION_PARKED INT64_MAX           /* only execution_unpark does */

/* now_boot_ms and delay_ms later; EXECUTION_WHEN_WOKEN when that is never. */
int64_t execution_due_after(int64_t now_boot_ms, int64_t delay_ms);

/* What is stored as wait_ms with it: the most that a reboot may take the
 * execution's clock forward. */
int64_t execution_wait_until(int64_t due_boot_ms, int64_t saved_boot_ms);

#endif
