/* Disputes: see dispute.h. */
#include "lib/shop/payment/dispute.h"

#include <string.h>

static const struct {
    const char *word;
    enum dispute_status status;
} words[] = {{"warning_needs_response", DISPUTE_ASKED},
             {"warning_under_review", DISPUTE_ASKED},
             {"warning_closed", DISPUTE_DROPPED},
             {"needs_response", DISPUTE_OPEN},
             {"under_review", DISPUTE_REVIEWED},
             {"won", DISPUTE_WON},
             {"lost", DISPUTE_LOST},
             {"prevented", DISPUTE_PREVENTED}};

enum dispute_status dispute_status_of(const char *word)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].word, word) == 0)
            return words[i].status;
    return DISPUTE_OTHER;
}

bool dispute_takes_money(enum dispute_status status)
{
    return status == DISPUTE_OPEN || status == DISPUTE_REVIEWED ||
           status == DISPUTE_WON || status == DISPUTE_LOST;
}

const char *dispute_words(enum dispute_status status, const char *word,
                          const char *amount, struct arena *arena)
{
    switch (status) {
    case DISPUTE_ASKED:
        return arena_printf(arena,
                            "The customer's bank asks about %s; nothing was "
                            "taken back yet.",
                            amount);
    case DISPUTE_DROPPED:
        return arena_printf(arena,
                            "The customer's bank asked about %s and took "
                            "nothing back.",
                            amount);
    case DISPUTE_OPEN:
        return arena_printf(arena,
                            "The customer's bank took %s back; answer the "
                            "dispute at the gateway.",
                            amount);
    case DISPUTE_REVIEWED:
        return arena_printf(arena,
                            "The customer's bank took %s back; it is looking "
                            "at the answer to the dispute.",
                            amount);
    case DISPUTE_WON:
        return arena_printf(arena, "The dispute over %s is won.", amount);
    case DISPUTE_LOST:
        return arena_printf(arena, "The dispute over %s is lost.", amount);
    case DISPUTE_PREVENTED:
        return arena_printf(arena,
                            "A dispute over %s was prevented; see at the "
                            "gateway what the customer got back.",
                            amount);
    case DISPUTE_OTHER:
        break;
    }
    return arena_printf(arena,
                        "There is a dispute over %s with the status \"%s\"; "
                        "see at the gateway what is to be done.",
                        amount, word);
}

/* Events of one second come in any order, too: what is final stays. */
static bool enter(struct db *db, const char *dispute_id, const char *word,
                  int64_t told_at_ms)
{
    struct db_statement *s = db_sql(
        db, "INSERT INTO disputes (dispute_id, status, told_at_ms)"
            " VALUES ($1, $2, $3) ON CONFLICT (dispute_id) DO UPDATE"
            " SET status = excluded.status, told_at_ms = excluded.told_at_ms"
            " WHERE disputes.told_at_ms < excluded.told_at_ms"
            " OR (disputes.told_at_ms = excluded.told_at_ms"
            "  AND disputes.status NOT IN"
            "  ('won', 'lost', 'prevented', 'warning_closed'))");
    db_put_text(s, dispute_id);
    db_put_text(s, word);
    db_put_int(s, told_at_ms);
    return db_run(s) == 1;
}

bool dispute_take(struct db *db, const char *dispute_id, const char *word,
                  int64_t told_at_ms, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT status FROM disputes WHERE dispute_id = $1");
    db_put_text(s, dispute_id);
    const char *before = db_found_text(s, arena);
    return enter(db, dispute_id, word, told_at_ms) &&
           (before == NULL || strcmp(before, word) != 0);
}
