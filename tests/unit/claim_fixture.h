/* Mails, refunds and credit notes as the reaper claims them. */
#ifndef TESTS_UNIT_CLAIM_FIXTURE_H
#define TESTS_UNIT_CLAIM_FIXTURE_H

#include "tests/unit/shop_fixture.h"

#include "lib/shop/mail/outbox.h"
#include "lib/shop/paper/credit_note.h"
#include "lib/shop/refund/refund.h"

static inline size_t shop_mails(struct shop *shop, size_t limit,
                                struct outbox_mail *list)
{
    struct work work[8];
    size_t count = shop_claim(shop, WORK_MAIL, limit, work);
    for (size_t i = 0; i < count; i++)
        assert_true(
            outbox_find(shop->db, work[i].subject, &list[i], &shop->arena));
    return count;
}

static inline size_t shop_refunds(struct shop *shop, size_t limit,
                                  struct refund *list)
{
    struct work work[8];
    size_t count = shop_claim(shop, WORK_REFUND, limit, work);
    for (size_t i = 0; i < count; i++)
        assert_true(
            refund_find_due(shop->db, work[i].subject, &list[i], &shop->arena));
    return count;
}

static inline size_t shop_notes(struct shop *shop, size_t limit,
                                struct credit_note *list)
{
    struct work work[8];
    size_t count = shop_claim(shop, WORK_CREDIT_NOTE, limit, work);
    for (size_t i = 0; i < count; i++)
        assert_true(credit_note_find(shop->db, work[i].subject, &list[i],
                                     &shop->arena));
    return count;
}

#endif
