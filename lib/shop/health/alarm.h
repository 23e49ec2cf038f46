/* Alarms: what staff must look at. Of each kind an order and subject has one
 * open alarm at most; one that was closed or settled may be raised again. */
#ifndef SHOP_HEALTH_ALARM_H
#define SHOP_HEALTH_ALARM_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/db/db.h"
#include "lib/base/text/names.h"

/* What each is about. Behind the semicolon stands its subject, which tells
 * apart alarms of one kind that are of one order, or of none. */
enum alarm_kind {
    ALARM_PARKED,          /* the reaper died over this order */
    ALARM_UNFINISHED,      /* its workflow ended, the order is in between */
    ALARM_WORKFLOW_FAILED, /* of an order that stays confirmed */
    ALARM_PAYMENT_UNKNOWN, /* the gateway does not say whether it charged */
    ALARM_PAYMENT_ODD,     /* another amount or currency; an intent */
    ALARM_PAYMENT_FOREIGN, /* not asked for by the shop; an intent */
    ALARM_DOUBLE_PAYMENT,  /* goes back; an intent */
    ALARM_LATE_PAYMENT,    /* likewise */
    ALARM_DISPUTE,         /* a dispute */
    ALARM_REFUND_UNKNOWN,  /* the gateway does not say; a refund */
    ALARM_REFUND_FAILED,
    ALARM_MANUAL_REFUND, /* staff give the money back; a refund */
    ALARM_CREDIT_NOTE,   /* it cannot be put on disk; a refund */
    ALARM_PAPER_COPY,    /* of a paper that is lost; its file */
    ALARM_MAIL_FAILED,
    ALARM_MAIL_SERVER,
    ALARM_STOCK_HELD,            /* mostly by orders not paid; a SKU */
    ALARM_WEBHOOK_FAILED,        /* an event */
    ALARM_RECONCILIATION,        /* a finding's reference */
    ALARM_RECONCILIATION_FAILED, /* three runs in a row */
    ALARM_DAMAGE,                /* of the database */
    ALARM_IMPORT                 /* rows of it were left out; its number */
};
extern const struct names alarm_kind_names;

struct alarm {
    int64_t alarm_id;
    enum alarm_kind kind;
    const char *order_id; /* NULL: of no order */
    int64_t number;       /* the order's; 0: of no order */
    const char *subject;  /* what else tells it apart; "" */
    const char *detail;
    int64_t created_at_ms;
};

/* Raises an alarm, and logs it. Raising one that is open already changes
 * nothing. */
void alarm_raise(struct db *db, enum alarm_kind kind, const char *order_id,
                 const char *detail, int64_t now_ms);

/* The same; order_id may be NULL, and subject (such as a gateway's id) tells
 * apart alarms of one kind. */
void alarm_raise_about(struct db *db, enum alarm_kind kind,
                       const char *order_id, const char *subject,
                       const char *detail, int64_t now_ms);

/* The same, unless it was ever raised before, open or closed. */
void alarm_raise_once(struct db *db, enum alarm_kind kind, const char *order_id,
                      const char *subject, const char *detail, int64_t now_ms);

/* Open or closed. */
bool alarm_was_raised(struct db *db, enum alarm_kind kind, const char *order_id,
                      const char *subject);

/* Changes the words of the open ones. */
void alarm_reword(struct db *db, enum alarm_kind kind, const char *subject,
                  const char *detail);

/* What the alarm was raised for is over; nothing happens when there is none.
 * alarm_settle settles all of that kind that the order has, whatever their
 * subject. */
void alarm_settle(struct db *db, enum alarm_kind kind, const char *order_id,
                  int64_t now_ms);
void alarm_settle_about(struct db *db, enum alarm_kind kind,
                        const char *subject, int64_t now_ms);

/* Staff have seen to the alarm. False: no such one is open. */
bool alarm_close(struct db *db, int64_t alarm_id, const char *by,
                 int64_t now_ms);

/* The open ones of all orders. */
int64_t alarm_count(struct db *db);

/* The open ones, newest first; order_id NULL: of all orders and of none. */
size_t alarm_list(struct db *db, const char *order_id, int64_t limit,
                  struct alarm *list, struct arena *arena);

#endif
