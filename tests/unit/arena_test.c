/* The arena (lib/base/memory/arena.h). */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdalign.h>
#include <sys/mman.h>

#include "lib/base/memory/arena.h"
#include "tests/unit/death.h"

enum { CAP = 1 << 20 };

static void pieces_are_aligned_and_apart(void **state)
{
    (void)state;
    struct arena arena = arena_create(CAP);
    char *last_end = arena.base;
    for (size_t size = 0; size < 100; size++) {
        char *piece = arena_alloc(&arena, size);
        assert_int_equal((uintptr_t)piece % alignof(max_align_t), 0);
        assert_true(piece >= last_end);
        memset(piece, 'x', size);
        last_end = piece + size;
    }
    arena_destroy(&arena);
    assert_null(arena.base);
    arena_destroy(&arena);
}

static void memory_is_zeroed_also_after_a_reset(void **state)
{
    (void)state;
    struct arena arena = arena_create(CAP);
    for (int round = 0; round < 3; round++) {
        char *piece = arena_alloc(&arena, CAP);
        for (size_t i = 0; i < CAP; i += 501)
            assert_int_equal(piece[i], 0);
        memset(piece, 'x', CAP);
        arena_reset(&arena);
        assert_int_equal(arena.used, 0);
    }
    arena_destroy(&arena);
}

static void copies_end_in_nul(void **state)
{
    (void)state;
    struct arena arena = arena_create(CAP);
    assert_string_equal(arena_copy(&arena, "abcdef", 3), "abc");
    assert_string_equal(arena_copy(&arena, NULL, 0), "");
    assert_string_equal(arena_string(&arena, "whole"), "whole");
    assert_string_equal(arena_printf(&arena, "%s-%d", "a", 7), "a-7");
    assert_int_equal(strlen(arena_printf(&arena, "%05000d", 1)), 5000);
    arena_destroy(&arena);
}

static void take_too_much(void *argument)
{
    arena_alloc(argument, CAP - 15);
}

static void take_everything_there_is(void *argument)
{
    arena_alloc(argument, SIZE_MAX);
}

static void running_out_ends_the_process(void **state)
{
    (void)state;
    struct arena arena = arena_create(CAP);
    arena_alloc(&arena, 1);
    assert_dies(take_too_much, &arena, "arena:");
    assert_dies(take_everything_there_is, &arena, "arena:");
    arena_alloc(&arena, CAP - 16);
    assert_dies(take_too_much, &arena, "arena:");
    arena_destroy(&arena);
}

static bool is_resident(const struct arena *arena)
{
    unsigned char there = 0;
    assert_int_equal(mincore(arena->base, 1, &there), 0);
    return (there & 1) != 0;
}

/* What came back stays for the next one, but for one that took much only its
 * first pages do; what nobody needed from one trim to the next goes. */
static void a_pool_gives_back_what_is_not_needed(void **state)
{
    (void)state;
    enum { HANDS = 3 };
    static struct arena_pool pool = {.cap = CAP};
    struct arena hand[HANDS];
    for (int i = 0; i < HANDS; i++) {
        hand[i] = arena_pool_take(&pool);
        memset(arena_alloc(&hand[i], CAP / 2), 'x', CAP / 2);
    }
    assert_int_equal(pool.in_hand, HANDS);
    char *last = hand[HANDS - 1].base;
    for (int i = 0; i < HANDS; i++) {
        arena_pool_give(&pool, &hand[i]);
        assert_null(hand[i].base);
    }
    assert_int_equal(pool.spare_count, HANDS);
    struct arena tail = pool.spare[HANDS - 1];
    assert_true(is_resident(&tail));
    tail.base += CAP / 4;
    assert_false(is_resident(&tail));

    arena_pool_trim(&pool); /* all three were needed */
    assert_int_equal(pool.spare_count, HANDS);
    hand[0] = arena_pool_take(&pool);
    assert_ptr_equal(hand[0].base, last);
    char *piece = arena_alloc(&hand[0], CAP / 2);
    for (size_t i = 0; i < CAP / 2; i++)
        assert_int_equal(piece[i], 0);
    arena_pool_trim(&pool); /* one was */
    assert_int_equal(pool.spare_count, 0);
    arena_pool_give(&pool, &hand[0]);
    arena_pool_trim(&pool);
    assert_int_equal(pool.spare_count, 1);
    arena_pool_trim(&pool);
    assert_int_equal(pool.spare_count, 0);
    assert_int_equal(pool.in_hand, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_and_apart),
        cmocka_unit_test(memory_is_zeroed_also_after_a_reset),
        cmocka_unit_test(copies_end_in_nul),
        cmocka_unit_test(a_pool_gives_back_what_is_not_needed),
        cmocka_unit_test(running_out_ends_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
