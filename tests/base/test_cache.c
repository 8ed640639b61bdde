/*
 * The bounded table: what it keeps, what it forgets, and that it says so.
 */

#include "support/check.h"

#include <glib.h>

#include "base/cache.h"
#include "base/hash.h"

/* Above any reason, so that a second drop is seen as well. */
#define STILL_HERE 100

typedef struct Thing {
    CacheItem item;
    uint64_t key;
    int dropped; /* the CacheDrop, or STILL_HERE */
    int times;
} Thing;

/* In the tests they stand before the table, because it lets go of them at the
 * end of the block, when what was declared after it is gone. */

typedef struct Seen {
    unsigned drops[4]; /* by CacheDrop */
    uint64_t last_key;
    Cache *cache;
} Seen;

static uint64_t hash_key(const void *key)
{
    return hash_bytes(key, sizeof(uint64_t));
}

/* The worst hash there is: everything in one bucket. */
static uint64_t hash_same(const void *key)
{
    return 7;
}

static bool equal_key(const void *a, const void *b)
{
    return *(const uint64_t *)a == *(const uint64_t *)b;
}

static void on_drop(void *item, CacheDrop why, void *user)
{
    Thing *thing = item;
    Seen *seen = user;

    thing->dropped = (int)why;
    thing->times++;
    seen->drops[why]++;
    seen->last_key = thing->key;
}

static Cache *new_cache(Seen *seen, size_t max_items, size_t max_bytes, Nsec idle)
{
    return cache_new(&(CacheConfig){
        .name = "test",
        .max_items = max_items,
        .max_bytes = max_bytes,
        .idle = idle,
        .hash = hash_key,
        .equal = equal_key,
        .drop = on_drop,
        .user = seen,
    });
}

static void add(Cache *cache, Thing *thing, uint64_t key, size_t bytes, Nsec now)
{
    *thing = (Thing){ .key = key, .dropped = STILL_HERE };
    cache_add(cache, thing, &thing->key, bytes, now);
}

static bool has(const Cache *cache, uint64_t key)
{
    return cache_peek(cache, &key) != NULL;
}

static void finds_what_was_added_and_nothing_else(void **state)
{
    Seen seen = { 0 };
    Thing a, b;
    g_autoptr(Cache) cache = new_cache(&seen, 10, 0, 0);

    assert_false(has(cache, 1));
    add(cache, &a, 1, 5, 0);
    add(cache, &b, 2, 7, 0);
    assert_ptr_equal(cache_peek(cache, &(uint64_t){ 1 }), &a);
    assert_ptr_equal(cache_get(cache, &(uint64_t){ 2 }, 0), &b);
    assert_null(cache_get(cache, &(uint64_t){ 3 }, 0));
    assert_int_equal(cache_stats(cache).items, 2);
    assert_int_equal(cache_stats(cache).bytes, 12);
    assert_string_equal(cache_stats(cache).name, "test");
}

static void tells_keys_with_equal_hashes_apart(void **state)
{
    Thing things[5];
    g_autoptr(Cache) cache = cache_new(
        &(CacheConfig){ .name = "test", .max_items = 10, .hash = hash_same, .equal = equal_key });

    for (uint64_t i = 0; i < 5; i++)
        add(cache, &things[i], i, 0, 0);
    cache_remove(cache, &things[2]);
    for (uint64_t i = 0; i < 5; i++)
        assert_int_equal(has(cache, i), i != 2);
}

static void a_full_table_forgets_the_longest_idle(void **state)
{
    Seen seen = { 0 };
    Thing things[4];
    g_autoptr(Cache) cache = new_cache(&seen, 3, 0, 0);

    for (uint64_t i = 0; i < 3; i++)
        add(cache, &things[i], i, 1, (Nsec)i);
    cache_get(cache, &(uint64_t){ 0 }, 10); /* 1 is the oldest now */
    add(cache, &things[3], 3, 1, 11);

    assert_int_equal(things[1].dropped, CACHE_DROP_FULL);
    assert_false(has(cache, 1));
    assert_true(has(cache, 0) && has(cache, 2) && has(cache, 3));
    assert_int_equal(cache_stats(cache).items, 3);
    assert_int_equal(cache_stats(cache).dropped_full, 1);
    assert_int_equal(cache_stats(cache).dropped_idle, 0);
}

static void peeking_does_not_keep_an_item_young(void **state)
{
    Seen seen = { 0 };
    Thing a, b, c;
    g_autoptr(Cache) cache = new_cache(&seen, 2, 0, 0);

    add(cache, &a, 1, 1, 0);
    add(cache, &b, 2, 1, 1);
    assert_true(has(cache, 1));
    add(cache, &c, 3, 1, 2);
    assert_int_equal(a.dropped, CACHE_DROP_FULL);
}

static void forgets_as_many_as_the_new_bytes_need(void **state)
{
    Seen seen = { 0 };
    Thing a, b, c, d;
    g_autoptr(Cache) cache = new_cache(&seen, 100, 100, 0);

    add(cache, &a, 1, 40, 0);
    add(cache, &b, 2, 30, 0);
    add(cache, &c, 3, 30, 0); /* exactly full */
    assert_int_equal(seen.drops[CACHE_DROP_FULL], 0);
    add(cache, &d, 4, 60, 0);
    assert_int_equal(a.dropped, CACHE_DROP_FULL);
    assert_int_equal(b.dropped, CACHE_DROP_FULL);
    assert_int_equal(c.dropped, STILL_HERE);
    assert_int_equal(cache_stats(cache).bytes, 90);
}

static void an_item_above_the_limit_is_alone_until_time_passes(void **state)
{
    Seen seen = { 0 };
    Thing small, huge;
    g_autoptr(Cache) cache = new_cache(&seen, 100, 100, 0);

    add(cache, &small, 1, 10, 0);
    add(cache, &huge, 2, 1000, 0);
    assert_int_equal(small.dropped, CACHE_DROP_FULL);
    assert_true(has(cache, 2));
    cache_advance(cache, 1);
    assert_int_equal(huge.dropped, CACHE_DROP_FULL);
    assert_int_equal(cache_stats(cache).bytes, 0);
}

static void growth_is_paid_for_when_time_passes(void **state)
{
    Seen seen = { 0 };
    Thing a, b;
    g_autoptr(Cache) cache = new_cache(&seen, 100, 100, 0);

    add(cache, &a, 1, 10, 0);
    add(cache, &b, 2, 10, 0);
    cache_grow(cache, &b, 95);
    assert_int_equal(cache_stats(cache).bytes, 105);
    assert_int_equal(a.dropped, STILL_HERE);
    cache_advance(cache, 1);
    assert_int_equal(a.dropped, CACHE_DROP_FULL);
    assert_int_equal(b.dropped, STILL_HERE);
    cache_grow(cache, &b, 5); /* and back */
    assert_int_equal(cache_stats(cache).bytes, 5);
    cache_remove(cache, &b);
    assert_int_equal(cache_stats(cache).bytes, 0);
}

static void forgets_only_what_was_idle_too_long(void **state)
{
    Seen seen = { 0 };
    Thing a, b;
    g_autoptr(Cache) cache = new_cache(&seen, 10, 0, 100);

    add(cache, &a, 1, 1, 0);
    add(cache, &b, 2, 1, 1);
    cache_advance(cache, 100); /* exactly 'idle' is not too long */
    assert_int_equal(cache_stats(cache).items, 2);
    cache_advance(cache, 101);
    assert_int_equal(a.dropped, CACHE_DROP_IDLE);
    assert_int_equal(b.dropped, STILL_HERE);
    assert_int_equal(cache_stats(cache).dropped_idle, 1);
}

static void a_touch_starts_the_idle_time_again(void **state)
{
    Seen seen = { 0 };
    Thing a, b;
    g_autoptr(Cache) cache = new_cache(&seen, 10, 0, 100);

    add(cache, &a, 1, 1, 0);
    add(cache, &b, 2, 1, 0);
    cache_touch(cache, &a, 90);
    cache_advance(cache, 150);
    assert_int_equal(a.dropped, STILL_HERE);
    assert_int_equal(b.dropped, CACHE_DROP_IDLE);
    cache_touch(cache, &a, 200); /* the newest already */
    cache_advance(cache, 300);
    assert_int_equal(a.dropped, STILL_HERE);
}

static void without_an_idle_limit_nothing_grows_old(void **state)
{
    Seen seen = { 0 };
    Thing a;
    g_autoptr(Cache) cache = new_cache(&seen, 10, 0, 0);

    add(cache, &a, 1, 1, 0);
    cache_advance(cache, NSEC_MAX);
    assert_int_equal(a.dropped, STILL_HERE);
}

/* Frames are slightly out of order in many captures. */
static void time_that_goes_back_drops_nothing_and_keeps_the_order(void **state)
{
    Seen seen = { 0 };
    Thing a, b;
    g_autoptr(Cache) cache = new_cache(&seen, 10, 0, 100);

    add(cache, &a, 1, 1, 1000);
    add(cache, &b, 2, 1, 500); /* counts from 1000 */
    cache_advance(cache, 400);
    assert_int_equal(cache_stats(cache).items, 2);
    cache_advance(cache, 1100);
    assert_int_equal(cache_stats(cache).items, 2);
    cache_advance(cache, 1101);
    assert_int_equal(cache_stats(cache).items, 0);
    assert_int_equal(seen.last_key, 2);
}

static void stamps_at_both_ends_of_time_do_not_overflow(void **state)
{
    Seen seen = { 0 };
    Thing a, b;
    g_autoptr(Cache) cache = new_cache(&seen, 10, 0, 100);

    add(cache, &a, 1, 1, INT64_MIN + 1);
    cache_advance(cache, NSEC_MAX);
    assert_int_equal(a.dropped, CACHE_DROP_IDLE);
    add(cache, &b, 2, 1, NSEC_MAX);
    cache_advance(cache, NSEC_NONE);
    assert_int_equal(b.dropped, STILL_HERE);
}

static void clearing_starts_with_the_oldest_and_leaves_a_table_to_use(void **state)
{
    Seen seen = { 0 };
    Thing things[3];
    g_autoptr(Cache) cache = new_cache(&seen, 10, 0, 0);

    for (uint64_t i = 0; i < 3; i++)
        add(cache, &things[i], i, 1, (Nsec)i);
    cache_clear(cache);
    assert_int_equal(seen.drops[CACHE_DROP_END], 3);
    assert_int_equal(seen.last_key, 2);
    assert_int_equal(cache_stats(cache).items, 0);
    add(cache, &things[0], 9, 1, 0);
    assert_true(has(cache, 9));
}

static void each_item_is_dropped_exactly_once_with_its_reason(void **state)
{
    Seen seen = { 0 };
    Cache *cache = new_cache(&seen, 2, 0, 100);
    Thing removed, pushed_out, idle, left;

    add(cache, &removed, 1, 1, 0);
    cache_remove(cache, &removed);
    add(cache, &pushed_out, 2, 1, 0);
    add(cache, &idle, 3, 1, 0);
    add(cache, &left, 4, 1, 50);
    cache_advance(cache, 120);
    cache_free(cache);

    assert_int_equal(removed.dropped, CACHE_DROP_REMOVED);
    assert_int_equal(pushed_out.dropped, CACHE_DROP_FULL);
    assert_int_equal(idle.dropped, CACHE_DROP_IDLE);
    assert_int_equal(left.dropped, CACHE_DROP_END);
    assert_int_equal(removed.times + pushed_out.times + idle.times + left.times, 4);
    for (int why = 0; why < 4; why++)
        assert_int_equal(seen.drops[why], 1);
    cache_free(NULL);
}

static void on_visit(void *item, void *user)
{
    g_array_append_val((GArray *)user, ((Thing *)item)->key);
}

static void visits_the_longest_idle_first(void **state)
{
    Seen seen = { 0 };
    Thing things[4];
    g_autoptr(Cache) cache = new_cache(&seen, 10, 0, 0);
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(uint64_t));

    assert_null(cache_oldest(cache));
    for (uint64_t i = 0; i < 4; i++)
        add(cache, &things[i], i, 1, (Nsec)i);
    cache_touch(cache, &things[1], 9);
    cache_remove(cache, &things[2]);
    cache_each(cache, on_visit, keys);
    assert_ptr_equal(cache_oldest(cache), &things[0]);
    assert_int_equal(keys->len, 3);
    assert_int_equal(g_array_index(keys, uint64_t, 0), 0);
    assert_int_equal(g_array_index(keys, uint64_t, 1), 3);
    assert_int_equal(g_array_index(keys, uint64_t, 2), 1);
}

static void the_first_and_the_last_can_be_removed(void **state)
{
    Seen seen = { 0 };
    Thing a, b, c;
    g_autoptr(Cache) cache = new_cache(&seen, 10, 0, 100);

    add(cache, &a, 1, 1, 0);
    add(cache, &b, 2, 1, 1);
    add(cache, &c, 3, 1, 2);
    cache_remove(cache, &c);
    cache_remove(cache, &a);
    assert_true(has(cache, 2));
    cache_remove(cache, &b);
    assert_int_equal(cache_stats(cache).items, 0);
    cache_advance(cache, NSEC_MAX);
    assert_int_equal(seen.drops[CACHE_DROP_REMOVED], 3);
}

static void holds_a_hundred_thousand_and_not_one_more(void **state)
{
    enum { LIMIT = 100000, N = 150000 };
    Seen seen = { 0 };
    Cache *cache = new_cache(&seen, LIMIT, 0, 0);
    g_autofree Thing *things = g_new(Thing, N);

    for (uint64_t i = 0; i < N; i++)
        add(cache, &things[i], i, 1, (Nsec)i);
    assert_int_equal(cache_stats(cache).items, LIMIT);
    assert_int_equal(cache_stats(cache).bytes, LIMIT);
    assert_int_equal(cache_stats(cache).dropped_full, N - LIMIT);
    for (uint64_t i = 0; i < N; i++)
        assert_int_equal(has(cache, i), i >= N - LIMIT);
    cache_free(cache);
    for (uint64_t i = 0; i < N; i++)
        assert_int_equal(things[i].times, 1);
}

static void admit(Cache *cache, Thing *thing, uint64_t key, uint32_t source, Nsec now)
{
    *thing = (Thing){ .key = key, .dropped = STILL_HERE };
    cache_admit(cache, thing, &thing->key, 1, now, source);
}

static void a_flood_replaces_its_own_traces_and_nothing_that_is_proven(void **state)
{
    enum { LIMIT = 100, GENUINE = 70, FLOOD = 10000 };
    Seen seen = { 0 };
    g_autofree Thing *things = g_new0(Thing, FLOOD);
    Thing genuine[GENUINE];
    g_autoptr(Cache) cache = new_cache(&seen, LIMIT, 0, 0);

    for (uint64_t i = 0; i < GENUINE; i++) {
        admit(cache, &genuine[i], FLOOD + i, 1, 0);
        cache_prove(cache, &genuine[i]);
        cache_prove(cache, &genuine[i]); /* nothing more */
    }
    for (uint64_t i = 0; i < FLOOD; i++)
        admit(cache, &things[i], i, (uint32_t)(i * 7), 1 + (Nsec)i);
    for (uint64_t i = 0; i < GENUINE; i++)
        assert_int_equal(genuine[i].dropped, STILL_HERE);
    assert_int_equal(cache_stats(cache).items, LIMIT);
    assert_int_equal(cache_stats(cache).on_probation, LIMIT - GENUINE);
    assert_int_equal(cache_stats(cache).dropped_full, FLOOD - (LIMIT - GENUINE));
    assert_int_equal(cache_stats(cache).dropped_on_probation, FLOOD - (LIMIT - GENUINE));
}

/* Or nobody could prove anything any more. */
static void the_proven_leave_a_quarter_to_those_on_probation(void **state)
{
    enum { LIMIT = 100 };
    Seen seen = { 0 };
    Thing proven[LIMIT], others[LIMIT];
    g_autoptr(Cache) cache = new_cache(&seen, LIMIT, 0, 0);

    for (uint64_t i = 0; i < LIMIT; i++)
        add(cache, &proven[i], i, 1, (Nsec)i);
    for (uint64_t i = 0; i < LIMIT; i++)
        admit(cache, &others[i], LIMIT + i, (uint32_t)i, LIMIT);
    assert_int_equal(cache_stats(cache).on_probation, LIMIT / 4);
    assert_int_equal(proven[LIMIT / 4 - 1].dropped, CACHE_DROP_FULL);
    assert_int_equal(proven[LIMIT / 4].dropped, STILL_HERE);
}

static void the_source_with_most_on_probation_pays_with_its_oldest(void **state)
{
    Seen seen = { 0 };
    Thing lone, heavy[5], more;
    g_autoptr(Cache) cache = new_cache(&seen, 6, 0, 0);

    admit(cache, &lone, 100, 3, 0);
    for (uint64_t i = 0; i < 5; i++)
        admit(cache, &heavy[i], i, 9, 1 + (Nsec)i);
    admit(cache, &more, 101, 4, 10);
    assert_int_equal(lone.dropped, STILL_HERE);
    assert_int_equal(heavy[0].dropped, CACHE_DROP_FULL);
    assert_int_equal(heavy[1].dropped, STILL_HERE);
    assert_ptr_equal(cache_victim(cache), &heavy[1]);
}

static void on_probation_or_not_the_longest_idle_goes_first(void **state)
{
    Seen seen = { 0 };
    Thing things[6];
    g_autoptr(Cache) cache = new_cache(&seen, 10, 0, 100);
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(uint64_t));

    for (uint64_t i = 0; i < 6; i++)
        admit(cache, &things[i], i, (uint32_t)(7 * i), i < 3 ? 0 : 1); /* several at one time */
    cache_prove(cache, &things[1]);
    cache_touch(cache, &things[0], 1);
    cache_each(cache, on_visit, keys);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(g_array_index(keys, uint64_t, i),
                         ((const uint64_t[]){ 2, 3, 4, 5, 1, 0 })[i]);
    assert_ptr_equal(cache_oldest(cache), &things[2]);
    cache_advance(cache, 101);
    assert_int_equal(cache_stats(cache).items, 5);
    cache_remove(cache, &things[4]);
    cache_advance(cache, 102);
    assert_int_equal(cache_stats(cache).items, 0);
    assert_int_equal(cache_stats(cache).on_probation, 0);
    assert_int_equal(seen.last_key, 0);
}

/* Against a plain array that is searched from end to end. */
static void agrees_with_a_naive_table_over_many_random_steps(void **state)
{
    enum { KEYS = 64, LIMIT = 20, STEPS = 20000 };
    Seen seen = { 0 };
    Thing things[KEYS];
    g_autoptr(Cache) cache = new_cache(&seen, LIMIT, 0, 50);
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    Nsec touched[KEYS];
    Nsec now = 0;

    for (int i = 0; i < KEYS; i++)
        touched[i] = NSEC_NONE;
    for (int step = 0; step < STEPS; step++) {
        uint64_t key = (uint64_t)g_rand_int_range(random, 0, KEYS);
        int n = 0, oldest = -1;

        now++; /* no two touches at the same time, so that the oldest is one */
        for (int i = 0; i < KEYS; i++) {
            if (touched[i] != NSEC_NONE && now - touched[i] > 50)
                touched[i] = NSEC_NONE;
            n += touched[i] != NSEC_NONE;
            if (touched[i] != NSEC_NONE && (oldest < 0 || touched[i] < touched[oldest]))
                oldest = i;
        }
        cache_advance(cache, now);
        assert_int_equal(cache_stats(cache).items, n);
        assert_int_equal(has(cache, key), touched[key] != NSEC_NONE);

        if (touched[key] == NSEC_NONE) {
            if (n == LIMIT)
                touched[oldest] = NSEC_NONE;
            add(cache, &things[key], key, 1, now);
            touched[key] = now;
        } else if (g_rand_int_range(random, 0, 3) == 0) {
            cache_remove(cache, &things[key]);
            touched[key] = NSEC_NONE;
        } else {
            cache_touch(cache, &things[key], now);
            touched[key] = now;
        }
    }
    assert_true(seen.drops[CACHE_DROP_FULL] > 0 && seen.drops[CACHE_DROP_REMOVED] > 0);
}

static int fix_the_hash(void **state)
{
    hash_seed(1, 2);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_added_and_nothing_else),
        cmocka_unit_test(tells_keys_with_equal_hashes_apart),
        cmocka_unit_test(a_full_table_forgets_the_longest_idle),
        cmocka_unit_test(peeking_does_not_keep_an_item_young),
        cmocka_unit_test(forgets_as_many_as_the_new_bytes_need),
        cmocka_unit_test(an_item_above_the_limit_is_alone_until_time_passes),
        cmocka_unit_test(growth_is_paid_for_when_time_passes),
        cmocka_unit_test(forgets_only_what_was_idle_too_long),
        cmocka_unit_test(a_touch_starts_the_idle_time_again),
        cmocka_unit_test(without_an_idle_limit_nothing_grows_old),
        cmocka_unit_test(time_that_goes_back_drops_nothing_and_keeps_the_order),
        cmocka_unit_test(stamps_at_both_ends_of_time_do_not_overflow),
        cmocka_unit_test(clearing_starts_with_the_oldest_and_leaves_a_table_to_use),
        cmocka_unit_test(each_item_is_dropped_exactly_once_with_its_reason),
        cmocka_unit_test(visits_the_longest_idle_first),
        cmocka_unit_test(the_first_and_the_last_can_be_removed),
        cmocka_unit_test(a_flood_replaces_its_own_traces_and_nothing_that_is_proven),
        cmocka_unit_test(the_proven_leave_a_quarter_to_those_on_probation),
        cmocka_unit_test(the_source_with_most_on_probation_pays_with_its_oldest),
        cmocka_unit_test(on_probation_or_not_the_longest_idle_goes_first),
        cmocka_unit_test(holds_a_hundred_thousand_and_not_one_more),
        cmocka_unit_test(agrees_with_a_naive_table_over_many_random_steps),
    };

    return cmocka_run_group_tests(tests, fix_the_hash, NULL);
}
