/* Papers drawn from what is frozen with them, and drawn again when they are
 * lost (lib/shop/paper/paper.h, lib/view/paper/paper.h). */
#include "tests/unit/shop_fixture.h"

#include <errno.h>

#include "lib/shop/health/alarm.h"
#include "lib/shop/paper/credit_note.h"
#include "lib/shop/paper/receipt.h"
#include "lib/shop/refund/refund.h"
#include "lib/view/paper/paper.h"

static struct settings settings_of(struct shop *shop)
{
    return (struct settings){.root = ".", .receipts = shop->folder};
}

static struct paper find(struct shop *shop, const char *file)
{
    struct paper paper;
    assert_true(paper_find(shop->db, file, &paper, &shop->arena));
    return paper;
}

static struct paper_drawn drawn(struct shop *shop, const char *file)
{
    struct settings settings = settings_of(shop);
    struct pdf *pdf = paper_open_pdf(&settings, &shop->arena);
    struct paper paper = find(shop, file);
    struct paper_way way = {.layout = paper_newest_layout(paper.kind)};
    struct paper_drawn out;
    assert_true(paper_draw(shop->db, pdf, &paper, &way, &shop->arena, &out));
    pdf_close(pdf);
    return out;
}

static struct paper_again again(struct shop *shop, const char *file)
{
    struct settings settings = settings_of(shop);
    struct paper paper = find(shop, file);
    return paper_get(shop->db, &settings, NULL, &paper, &shop->arena);
}

static const char *path_of(struct shop *shop, const char *file)
{
    return arena_printf(&shop->arena, "%s/%s", shop->folder, file);
}

static bool is_there(struct shop *shop, const char *file)
{
    return access(path_of(shop, file), F_OK) == 0;
}

/* A receipt that was drawn and recorded; its file is not there. */
static const char *lost_receipt(struct shop *shop, const char *intent_id)
{
    setting_put(shop->db, "currency", "EUR");
    struct order order = shop_order(shop, "mouse");
    if (intent_id != NULL)
        shop_pay(shop, order.order_id, intent_id);
    struct receipt_begun begun =
        receipt_begin(shop->db, order.order_id, SHOP_NOW + 5, &shop->arena);
    struct paper_drawn out = drawn(shop, begun.file);
    receipt_store(shop->db, begun.file, out.sha256, out.layout);
    return begun.file;
}

/* The same of a refund by line. */
static const char *lost_note(struct shop *shop)
{
    struct paper receipt = find(shop, lost_receipt(shop, "pi_1"));
    struct refund refund;
    struct refund_line line = {"mouse", 1};
    struct refund_request request = {
        .lines = &line, .line_count = 1, .reason = "dent", .by = "staff"};
    size_t fault;
    assert_true(shop_reserve(shop, receipt.order_id));
    assert_true(stock_sell(shop->db, receipt.order_id, SHOP_NOW));
    order_move(shop->db, receipt.order_id,
               shop_find(shop, receipt.order_id).status, ORDER_CONFIRMED, NULL,
               SHOP_NOW);
    assert_int_equal(refund_make(shop->db, receipt.order_id, &request, SHOP_NOW,
                                 &refund, &fault, &shop->arena),
                     REFUND_QUEUED);
    refund_succeeded(shop->db, refund.refund_id, "re_1", SHOP_NOW);
    struct credit_note note;
    assert_true(
        credit_note_find(shop->db, refund.refund_id, &note, &shop->arena));
    struct paper_drawn out = drawn(shop, note.file);
    credit_note_store(shop->db, note.number, out.sha256, out.layout, SHOP_NOW);
    return note.file;
}

/* Whatever the shop calls itself, wherever it is and whoever it writes to
 * now. */
static void change_all_settings(struct shop *shop, const char *order_id)
{
    struct order order = shop_find(shop, order_id);
    paper_settings_use(
        shop->db,
        &(struct paper_settings){"https://new.example", "Asia/Tokyo", "Cash"},
        &shop->arena);
    shop_profile_use(
        shop->db,
        &(struct shop_profile){.name = "New Shop", .address = "", .tax_id = ""},
        &shop->arena);
    order_correct_email(shop->db, &order, "other@example.org", SHOP_NOW,
                        &shop->arena);
    order_move(shop->db, order_id, order.status, ORDER_CONFIRMED, NULL,
               SHOP_NOW + 86400000);
}

static void assert_comes_back(struct shop *shop, const char *file)
{
    struct paper paper = find(shop, file);
    change_all_settings(shop, paper.order_id);
    assert_int_equal(paper_look(shop->folder, file, paper.sha256),
                     PAPER_FILE_GONE);
    struct paper_again found = again(shop, file);
    assert_int_equal(found.outcome, PAPER_RESTORED);
    assert_string_equal(found.file, file);
    assert_false(found.untold);
    assert_int_equal(paper_look(shop->folder, file, paper.sha256),
                     PAPER_FILE_SOUND);
    assert_int_equal(again(shop, file).outcome, PAPER_THERE);
    unlink(path_of(shop, file));
}

static void a_receipt_is_what_it_was(void **state)
{
    struct shop *shop = *state;
    assert_comes_back(shop, lost_receipt(shop, "pi_1"));
}

static void so_is_one_that_was_paid_by_hand(void **state)
{
    struct shop *shop = *state;
    const char *intent = payment_manual_id("attempt", &shop->arena);
    assert_comes_back(shop, lost_receipt(shop, intent));
}

static void so_is_one_of_nothing_to_pay(void **state)
{
    struct shop *shop = *state;
    assert_comes_back(shop, lost_receipt(shop, NULL));
}

static void so_is_a_credit_note(void **state)
{
    struct shop *shop = *state;
    const char *file = lost_note(shop);
    assert_int_equal(find(shop, file).receipt_number, 1);
    shop_force(shop, "UPDATE receipts SET number = 7");
    assert_comes_back(shop, file);
    shop_force(shop, "UPDATE receipts SET number = 1");
}

/* A paper begun before its settings changed is drawn with the old ones. */
static void settings_are_frozen_with_the_number(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "mouse");
    struct receipt_begun begun =
        receipt_begin(shop->db, order.order_id, SHOP_NOW, &shop->arena);
    change_all_settings(shop, order.order_id);
    struct paper paper = find(shop, begun.file);
    assert_string_equal(paper.settings.base_url, "https://shop.example");
    assert_string_equal(paper.settings.zone, "Europe/Berlin");
    assert_string_equal(paper.settings.manual_title, "Bank transfer");
    assert_int_equal(paper.dated_at_ms, SHOP_NOW);
    assert_int_equal(paper.layout, 0);
    struct order next = shop_order(shop, "mouse");
    paper = find(
        shop,
        receipt_begin(shop->db, next.order_id, SHOP_NOW, &shop->arena).file);
    assert_string_equal(paper.settings.base_url, "https://new.example");
}

/* The upgrade's row without settings is filled by the first that are used. */
static void papers_of_before_get_the_first_settings(void **state)
{
    struct shop *shop = *state;
    const char *file = lost_receipt(shop, "pi_1");
    shop_force(shop, "UPDATE paper_settings SET base_url = '', zone = '',"
                     " manual_title = ''");
    change_all_settings(shop, find(shop, file).order_id);
    assert_string_equal(find(shop, file).settings.base_url,
                        "https://new.example");
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM paper_settings"), 1);
}

/* From before version 5: whichever layout gives its bytes is the one. */
static void a_layout_that_is_not_known_is_found(void **state)
{
    struct shop *shop = *state;
    const char *file = lost_receipt(shop, "pi_1");
    struct paper paper = find(shop, file);
    shop_force(shop, "UPDATE receipts SET layout = NULL");
    assert_int_equal(again(shop, file).outcome, PAPER_RESTORED);
    assert_int_equal(paper_look(shop->folder, file, paper.sha256),
                     PAPER_FILE_SOUND);
    unlink(path_of(shop, file));
    /* of nothing to pay layout 1 drew it otherwise */
    shop_force(shop, "UPDATE orders SET total_minor = 0;"
                     " UPDATE receipts SET layout = 1, sha256 = 'x'");
    assert_int_equal(again(shop, file).outcome, PAPER_COPIED);
}

static void other_bytes_make_a_copy_beside(void **state)
{
    struct shop *shop = *state;
    const char *file = lost_receipt(shop, "pi_1");
    struct paper paper = find(shop, file);
    const char *recorded = paper.sha256;
    shop_force(shop, "UPDATE receipts SET sha256 = 'x'");
    struct paper_again found = again(shop, file);
    assert_int_equal(found.outcome, PAPER_COPIED);
    assert_true(found.untold);
    assert_false(is_there(shop, file));
    assert_true(is_there(shop, found.file));
    assert_non_null(strstr(found.file, "-copy.pdf"));
    assert_string_equal(paper_title(&paper, found.outcome, &shop->arena),
                        arena_printf(&shop->arena, "receipt-%lld-copy.pdf",
                                     (long long)paper.order_number));
    /* Until somebody is told, each finder is to tell; then none. */
    assert_true(again(shop, file).untold);
    paper_tell_of_copy(shop->db, &paper, SHOP_NOW, &shop->arena);
    found = again(shop, file);
    assert_int_equal(found.outcome, PAPER_COPIED);
    assert_false(found.untold);
    assert_int_equal(alarm_count(shop->db), 1);
    /* With the old library it comes back, and the copy goes. */
    struct settings settings = settings_of(shop);
    assert_int_equal(
        paper_draw_again(shop->db, &settings, NULL, &paper, &shop->arena)
            .outcome,
        PAPER_RESTORED);
    paper_is_back(shop->db, &paper, SHOP_NOW);
    assert_int_equal(alarm_count(shop->db), 0);
    assert_false(is_there(shop, found.file));
    assert_int_equal(paper_look(shop->folder, file, recorded),
                     PAPER_FILE_SOUND);
    unlink(path_of(shop, file));
    /* Lost again, with other bytes again: staff hear of it again. */
    assert_true(again(shop, file).untold);
    unlink(path_of(shop, found.file));
}

static void what_cannot_be_written_is_lost(void **state)
{
    struct shop *shop = *state;
    const char *file = lost_receipt(shop, "pi_1");
    struct paper paper = find(shop, file);
    struct settings settings = settings_of(shop);
    settings.receipts = path_of(shop, "nowhere");
    struct paper_again found =
        paper_draw_again(shop->db, &settings, NULL, &paper, &shop->arena);
    assert_int_equal(found.outcome, PAPER_LOST);
    assert_string_equal(found.why, strerror(ENOENT));
    settings.root = "/nowhere";
    found = paper_draw_again(shop->db, &settings, NULL, &paper, &shop->arena);
    assert_int_equal(found.outcome, PAPER_LOST);
    assert_non_null(strstr(found.why, "fonts"));
}

static void faults_are_found_and_damage_is_kept(void **state)
{
    struct shop *shop = *state;
    int64_t count;
    const char *file = lost_receipt(shop, "pi_1");
    const char *other = lost_receipt(shop, "pi_2");
    assert_true(file_replace(shop->folder, path_of(shop, other), "%PDF", 4));
    struct paper_fault *fault =
        paper_faults(shop->db, shop->folder, &count, &shop->arena);
    assert_int_equal(count, 2);
    for (int i = 0; i < 2; i++, fault = fault->next)
        assert_int_equal(fault->found, strcmp(fault->file, file) == 0
                                           ? PAPER_FILE_GONE
                                           : PAPER_FILE_DAMAGED);
    assert_null(fault);
    for (int i = 1; i <= 2; i++) {
        const char *kept = paper_move_aside(shop->folder, other, &shop->arena);
        assert_string_equal(
            kept, arena_printf(&shop->arena, "%s.damaged-%d", other, i));
        assert_true(is_there(shop, kept));
        assert_int_equal(again(shop, other).outcome, PAPER_RESTORED);
    }
    assert_int_equal(again(shop, file).outcome, PAPER_RESTORED);
    assert_null(paper_faults(shop->db, shop->folder, &count, &shop->arena));
    assert_int_equal(count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(a_receipt_is_what_it_was),
        SHOP_TEST(so_is_one_that_was_paid_by_hand),
        SHOP_TEST(so_is_one_of_nothing_to_pay),
        SHOP_TEST(so_is_a_credit_note),
        SHOP_TEST(settings_are_frozen_with_the_number),
        SHOP_TEST(papers_of_before_get_the_first_settings),
        SHOP_TEST(a_layout_that_is_not_known_is_found),
        SHOP_TEST(other_bytes_make_a_copy_beside),
        SHOP_TEST(what_cannot_be_written_is_lost),
        SHOP_TEST(faults_are_found_and_damage_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
