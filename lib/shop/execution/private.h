/* What execution.c and crash.c share; nobody else includes it. */
#ifndef SHOP_EXECUTION_PRIVATE_H
#define SHOP_EXECUTION_PRIVATE_H

#include <stdint.h>

/* Due times that no clock reaches. Any other due time of a running execution is
 * a time of the work clock, below both. */
#define EXECUTION_WHEN_WOKEN (INT64_MAX - 1) /* execution_wake makes it due */
#define EXECUTION_PARKED INT64_MAX           /* only execution_unpark does */

#endif
