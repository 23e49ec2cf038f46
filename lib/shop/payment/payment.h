/* Payment: attempts (a row before the gateway is asked) and the ledger of
 * what the gateway did. payment_status always derives from both. An order whose
 * money went back may be charged again, by a redrive or by its workflow.
 *
 * An attempt's kind says who brings the money, its stage what is done next:
 *
 *   token   ask: the charge is made (again) under the attempt's key
 *           look: what became of it is looked up in the gateway's list
 *           wait: the customer signs in at the bank, at payment_url
 *           close: the window has closed: looked at once more, then cancelled
 *   hosted  ask: the gateway's page is made (again)
 *           wait: the customer pays there, at payment_url
 *           close: the window has closed: looked at once more, then expired
 *   manual  wait: until staff mark it paid, or its window closes; nobody is
 *                 asked, and it is due only then
 *
 * It is closed once its outcome is known: succeeded or failed. Money that the
 * gateway took for a closed attempt is booked all the same and given back. */
#ifndef SHOP_PAYMENT_PAYMENT_H
#define SHOP_PAYMENT_PAYMENT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/db/db.h"
#include "lib/base/text/names.h"

/* The code of an attempt that failed because its window closed. */
#define PAYMENT_WINDOW_CLOSED "window_closed"

enum payment_kind { PAYMENT_TOKEN, PAYMENT_HOSTED, PAYMENT_MANUAL };
enum payment_stage { PAYMENT_ASK, PAYMENT_LOOK, PAYMENT_WAIT, PAYMENT_CLOSE };
enum attempt_status { ATTEMPT_OPEN, ATTEMPT_SUCCEEDED, ATTEMPT_FAILED };
extern const struct names payment_kind_names;
extern const struct names payment_stage_names;
extern const struct names attempt_status_names;

/* Of an order's payment_method: "hosted", "manual" or a gateway's token. */
enum payment_kind payment_kind_of(const char *payment_method);

struct payment_attempt {
    const char *attempt_id; /* also the gateway's idempotency key */
    const char *order_id;
    int64_t attempt_no; /* also the gateway's metadata.attempt */
    enum payment_kind kind;
    enum attempt_status status;
    enum payment_stage stage;
    bool asked;               /* the gateway was, answer or not */
    int64_t misses;           /* answers that left the outcome unknown */
    int64_t unknown_since_ms; /* 0: no answer is missing */
    const char *session_id;   /* NULL, as those below: not yet */
    const char *intent_id;
    const char *payment_url;
    int64_t closes_work_ms; /* when its window closes; INT64_MAX: it has none */
    const char *window_by;  /* staff who set or ended it; NULL: the shop */
    const char *code;
    const char *message;
    int64_t created_at_ms;
};

/* Makes a new open attempt, unless one is open. It is due at once, a manual one
 * when its window closes. window_ms: how long the customer has from now on; 0,
 * for a manual one only: as long as it takes. */
void payment_begin(struct db *db, const char *order_id, enum payment_kind kind,
                   int64_t window_ms, int64_t now_ms);

/* The gateway is about to be asked for it. */
void payment_ask(struct db *db, const char *attempt_id);

/* Makes the order's open attempt due at once, parked or not. False: none is
 * open, or it is a manual one: nobody can be asked, and it is due when its
 * window closes. */
bool payment_hurry(struct db *db, const char *order_id);

/* For an order that is parked: its open attempt stays open, and nothing is done
 * about it any more; only payment_hurry brings it back. */
void payment_park(struct db *db, const char *order_id, const char *message,
                  int64_t now_ms);

bool payment_is_open(struct db *db, const char *order_id);

/* Find the order's open attempt, or an attempt by its id, its number, its
 * session or its intent. False: there is none. */
bool payment_open(struct db *db, const char *order_id,
                  struct payment_attempt *out, struct arena *arena);
bool payment_find(struct db *db, const char *attempt_id,
                  struct payment_attempt *out, struct arena *arena);
bool payment_find_numbered(struct db *db, const char *order_id,
                           int64_t attempt_no, struct payment_attempt *out,
                           struct arena *arena);
bool payment_find_session(struct db *db, const char *session_id,
                          struct payment_attempt *out, struct arena *arena);
bool payment_find_intent(struct db *db, const char *intent_id,
                         struct payment_attempt *out, struct arena *arena);

/* When its window closes, as a wall-clock time reckoned now, to the second; 0:
 * it has no window. */
int64_t payment_closes_at_ms(struct db *db,
                             const struct payment_attempt *attempt);

/* The gateway was asked for the attempt, perhaps without an answer; so what the
 * gateway says of it may be true. False for a manual one. */
bool payment_was_asked(const struct payment_attempt *attempt);

/* The order was charged, and it owes nothing: what was charged, less what went
 * back and is about to, is its total or more. */
bool payment_is_paid(struct db *db, const char *order_id);

/* The gateway's id and the time of the order's newest charge; false: none. */
bool payment_charge(struct db *db, const char *order_id, const char **intent_id,
                    int64_t *charged_at_ms, struct arena *arena);

/* The customer is to go to payment_url; what is NULL stays what it was. The
 * attempt waits; gives after how long it is to be looked at: look_ms, or when
 * its window closes, if that is earlier. */
struct payment_place {
    const char *session_id;
    const char *intent_id;
    const char *payment_url;
};
int64_t payment_wait(struct db *db, const char *attempt_id,
                     const struct payment_place *place, int64_t look_ms,
                     int64_t now_ms);

/* The attempt goes on with this stage. */
void payment_go_on(struct db *db, const char *attempt_id,
                   enum payment_stage stage, int64_t now_ms);

/* No answer came, or none that says anything: the outcome is unknown, and the
 * attempt goes on with this stage. missed: the gateway may have acted. */
void payment_unknown(struct db *db, const char *attempt_id,
                     enum payment_stage stage, bool missed, const char *message,
                     int64_t now_ms);

/* There is news of the attempt: it is due after delay_ms, unless it is in hand.
 */
void payment_look_after(struct db *db, const char *attempt_id,
                        int64_t delay_ms);

/* Staff set the window of the order's open manual attempt, or end it (0). From
 * then on only staff change it. False: no manual attempt is open. */
bool payment_set_window(struct db *db, const char *order_id,
                        int64_t closes_at_ms, const char *by, int64_t now_ms);

/* Gives a window to open manual attempts that have none, save those whose
 * window staff ended: to those of an earlier version, or of a shop that had set
 * none. */
void payment_give_windows(struct db *db, int64_t window_ms, int64_t now_ms);

/* How much of a SKU is held for orders whose payment is open, and for how many
 * of them. Orders whose window staff set or ended do not count. */
struct payment_hold {
    int64_t units;
    int64_t orders;
};
struct payment_hold payment_hold_of(struct db *db, const char *sku);

/* From now on the windows of these orders close in PAYMENT_SHORT_MS at the
 * latest, those of manual attempts in PAYMENT_SHORT_MANUAL_MS. */
enum {
    PAYMENT_SHORT_MS = 10 * 60 * 1000,
    PAYMENT_SHORT_MANUAL_MS = 3 * 24 * 3600 * 1000
};
void payment_shorten_windows(struct db *db, const char *sku, int64_t now_ms);

/* The window of the order's open attempt closes now: the order is to be undone.
 * False: none is open. */
bool payment_close_window(struct db *db, const char *order_id);

/* Likewise for a manual attempt. Nobody has to be asked about it, so it has
 * failed, with code "cancelled". False: no manual attempt is open. */
bool payment_close_manual(struct db *db, const char *order_id,
                          const char *message, int64_t now_ms);

/* What the gateway said of an attempt. A success enters the ledger. False: the
 * outcome was known already, and nothing has changed. */
bool payment_succeeded(struct db *db, const char *attempt_id,
                       const char *intent_id, int64_t amount_minor,
                       int64_t now_ms);
bool payment_failed(struct db *db, const char *attempt_id, const char *code,
                    const char *message, const char *intent_id, int64_t now_ms);

/* A failed attempt succeeded after all, and its order is taken up again. */
void payment_revive(struct db *db, const char *attempt_id,
                    const char *intent_id, int64_t amount_minor,
                    int64_t now_ms);

/* Staff have the money of the order's open manual attempt, so it succeeded. Its
 * gateway id is "manual-" and the attempt's id. False: there is none. */
bool payment_mark_paid(struct db *db, const char *order_id, const char *note,
                       const char *by, int64_t now_ms);
bool payment_is_manual(const char *intent_id);

/* The order was cancelled because the window of this manual attempt closed; its
 * money may still come. False: there is none, or its money came already. */
bool payment_find_lapsed(struct db *db, const char *order_id,
                         struct payment_attempt *out, struct arena *arena);

/* The gateway's id of a manual attempt's money. */
const char *payment_manual_id(const char *attempt_id, struct arena *arena);

/* Notes for the books who says that an attempt's money came, and what was said
 * of it. */
void payment_note(struct db *db, const char *attempt_id, const char *note,
                  const char *by);

/* Tells the workflow once why the order's last attempt failed. False: it was
 * told before, or nothing failed. */
bool payment_take_refusal(struct db *db, const char *order_id,
                          const char **code, const char **message,
                          struct arena *arena);

/* Charged less what went back and what is about to. */
int64_t payment_left_minor(struct db *db, const char *order_id);

/* True when the shop gave back all that came for the order, or is about to;
 * also when nothing came. What a bank took in a dispute, the shop did not give
 * back. */
bool payment_was_given_back(struct db *db, const char *order_id);

/* What is left of one charge; -1: it is not booked. *order_id is filled in,
 * unless order_id is NULL. */
int64_t payment_intent_left_minor(struct db *db, const char *intent_id,
                                  const char **order_id, struct arena *arena);

/* What is booked. A dispute takes money back as a refund does; a reversal
 * undoes a refund that failed after all, or a dispute that was won. */
enum entry_kind {
    ENTRY_CHARGE,
    ENTRY_REFUND,
    ENTRY_REFUND_REVERSAL,
    ENTRY_DISPUTE,
    ENTRY_DISPUTE_REVERSAL
};
extern const struct names entry_kind_names;

/* Appends an entry to the ledger under the gateway's own id; intent_id is that
 * of the charge it is about. False: the id is booked already. */
bool payment_book(struct db *db, const char *order_id, enum entry_kind kind,
                  int64_t amount_minor, const char *gateway_id,
                  const char *intent_id, int64_t now_ms);
bool payment_is_booked(struct db *db, const char *gateway_id);

/* When a refund of this charge was last taken back; 0: none was. */
int64_t payment_reversed_at_ms(struct db *db, const char *intent_id);

/* For the staff page: the order's ledger, and the attempts and refunds that are
 * not in it, oldest first. */
enum payment_row_kind {
    PAYMENT_ROW_ATTEMPT, /* open or failed */
    PAYMENT_ROW_CHARGE,  /* this and those below: an entry, booked */
    PAYMENT_ROW_REFUND,  /* or one that is due or failed */
    PAYMENT_ROW_REFUND_REVERSAL,
    PAYMENT_ROW_DISPUTE,
    PAYMENT_ROW_DISPUTE_REVERSAL
};
enum payment_row_state {
    PAYMENT_ROW_OPEN,
    PAYMENT_ROW_DUE,
    PAYMENT_ROW_FAILED,
    PAYMENT_ROW_BOOKED
};
struct payment_row {
    int64_t created_at_ms;
    enum payment_row_kind kind;
    enum payment_row_state state;
    const char *reference; /* the gateway's id or what it said; may be NULL */
    int64_t amount_minor;
};
size_t payment_history(struct db *db, const char *order_id,
                       struct payment_row *list, size_t max,
                       struct arena *arena);

#endif
