/*
 * The devices that are remembered.
 */

#include "reg/devices.h"

#include "reg/attempt.h"
#include "reg/identity.h"
#include "words.h"

static void note_forgotten(Device *device, void *user)
{
    GArray *forgotten = user;

    g_array_append_val(forgotten, device->public.id);
}

typedef struct Crowd {
    Devices *devices;
    GArray *forgotten; /* ids */
} Crowd;

static Crowd crowd_of(size_t max_devices, size_t max_bytes)
{
    GArray *forgotten = g_array_new(FALSE, FALSE, sizeof(uint64_t));

    return (Crowd){ devices_new(max_devices, max_bytes, note_forgotten, forgotten), forgotten };
}

static void crowd_clear(Crowd *crowd)
{
    devices_free(crowd->devices);
    g_array_unref(crowd->forgotten);
}

static uint64_t forgotten_at(const Crowd *crowd, unsigned index)
{
    assert_true(index < crowd->forgotten->len);
    return g_array_index(crowd->forgotten, uint64_t, index);
}

static Device *find(const Crowd *crowd, Ask ask, double time)
{
    g_autoptr(SipMessage) message = request_of(ask);
    g_autofree char *aor = identity_aor(message);
    Identity identity = identity_of(message, aor);

    return devices_find(crowd->devices, &identity, AT(time));
}

/* A device like no other of its account. */
static Device *find_stranger(const Crowd *crowd, const char *aor, unsigned number, double time)
{
    g_autofree char *name = g_strdup_printf("stranger-%u", number);
    g_autofree char *contact = g_strdup_printf("<sip:%s@198.18.0.1>", name);
    g_autofree char *from = g_strdup_printf("198.18.%u.%u:5060", number / 250, number % 250 + 1);

    return find(crowd,
                (Ask){ .aor = aor,
                       .call_id = name,
                       .tag = name,
                       .agent = name,
                       .contact = contact,
                       .from = from },
                time);
}

static void the_same_call_is_the_same_device(void **state)
{
    Crowd crowd = crowd_of(10, 0);
    Device *first = find(&crowd, (Ask){ 0 }, 0);

    assert_ptr_equal(find(&crowd,
                          (Ask){ .contact = "<sip:x@198.18.0.1>",
                                 .agent = "Other",
                                 .tag = "t",
                                 .from = "198.18.0.1:1" },
                          9),
                     first);
    assert_int_equal(first->public.last_seen, AT(9));
    assert_string_equal(first->public.user_agent, "Other");
    assert_ptr_not_equal(find(&crowd, (Ask){ .aor = "bob@example.com" }, 0), first);
    crowd_clear(&crowd);
}

static void a_new_call_each_time_is_still_one_device(void **state)
{
    Crowd crowd = crowd_of(10, 0);
    Device *first = find(&crowd, (Ask){ 0 }, 0);

    first->public.contact = g_ref_string_new("sip:alice@192.168.1.10:5060");
    for (unsigned i = 0; i < 100; i++) {
        g_autofree char *call_id = g_strdup_printf("cycle-%u", i);

        assert_ptr_equal(find(&crowd, (Ask){ .call_id = call_id, .tag = call_id }, i), first);
    }
    assert_int_equal(devices_stats(crowd.devices).items, 1);
    crowd_clear(&crowd);
}

static void devices_come_in_order_of_appearance(void **state)
{
    Crowd crowd = crowd_of(10, 0);

    find_stranger(&crowd, "b@example.com", 1, 0);
    find_stranger(&crowd, "a@example.com", 2, 1);
    find_stranger(&crowd, "b@example.com", 3, 2);

    g_autoptr(GPtrArray) all = devices_all(crowd.devices);

    assert_int_equal(all->len, 3);
    for (unsigned i = 0; i < all->len; i++)
        assert_int_equal(((Device *)g_ptr_array_index(all, i))->public.id, i + 1);
    assert_string_equal(((Device *)g_ptr_array_index(all, 1))->public.aor, "a@example.com");
    crowd_clear(&crowd);
}

static void a_flood_of_one_account_spares_who_registered(void **state)
{
    Crowd crowd = crowd_of(10000, 0);
    Device *genuine = find(&crowd, (Ask){ 0 }, 0);
    uint64_t id = genuine->public.id;

    genuine->public.last_accepted = AT(0);
    for (unsigned i = 0; i < 1000; i++)
        find_stranger(&crowd, "alice@example.com", i, i + 1);
    assert_int_equal(devices_stats(crowd.devices).items, DEVICES_OF_ACCOUNT);
    assert_int_equal(devices_forgotten(crowd.devices), 1001 - DEVICES_OF_ACCOUNT);
    assert_int_equal(find(&crowd, (Ask){ 0 }, 2000)->public.id, id);
    assert_int_equal(forgotten_at(&crowd, 0), id + 1);
    crowd_clear(&crowd);
}

static void the_quietest_account_makes_room(void **state)
{
    Crowd crowd = crowd_of(3, 0);

    find_stranger(&crowd, "a@example.com", 1, 0);
    find_stranger(&crowd, "b@example.com", 2, 1);
    find_stranger(&crowd, "c@example.com", 3, 2);
    find_stranger(&crowd, "a@example.com", 1, 3);
    find_stranger(&crowd, "d@example.com", 4, 4);
    assert_int_equal(crowd.forgotten->len, 1);
    assert_int_equal(forgotten_at(&crowd, 0), 2);
    find_stranger(&crowd, "e@example.com", 5, 5);
    assert_int_equal(forgotten_at(&crowd, 1), 3);
    assert_int_equal(devices_stats(crowd.devices).items, 3);
    assert_int_equal(devices_stats(crowd.devices).dropped_full, 2);
    crowd_clear(&crowd);
}

static void a_flood_of_accounts_spares_those_that_are_proven(void **state)
{
    Crowd crowd = crowd_of(100, 0);

    for (unsigned i = 0; i < 50; i++) {
        g_autofree char *aor = g_strdup_printf("phone%u@example.com", i);

        devices_prove(crowd.devices, find_stranger(&crowd, aor, i, i));
    }
    for (unsigned i = 0; i < 1000; i++) {
        g_autofree char *aor = g_strdup_printf("flood%u@example.com", i);

        find_stranger(&crowd, aor, i, 100 + i);
    }
    assert_int_equal(devices_forgotten(crowd.devices), 950);
    for (unsigned i = 0; i < crowd.forgotten->len; i++)
        assert_true(forgotten_at(&crowd, i) > 50);
    crowd_clear(&crowd);
}

static void an_account_that_was_registered_and_forgotten_is_known_to_return(void **state)
{
    Crowd crowd = crowd_of(2, 0);

    find_stranger(&crowd, "a@example.com", 1, 0)->public.last_accepted = AT(0);
    find_stranger(&crowd, "b@example.com", 2, 1);
    find_stranger(&crowd, "c@example.com", 3, 2);
    find_stranger(&crowd, "d@example.com", 4, 3);
    assert_int_equal(crowd.forgotten->len, 2);

    Device *again = find_stranger(&crowd, "a@example.com", 1, 4);

    assert_true(again->returned);
    assert_false(find_stranger(&crowd, "b@example.com", 2, 5)->returned);
    devices_prove(crowd.devices, again);
    assert_false(again->returned);
    crowd_clear(&crowd);
}

static void one_account_alone_makes_room_for_itself(void **state)
{
    Crowd crowd = crowd_of(2, 0);

    for (unsigned i = 0; i < 20; i++)
        find_stranger(&crowd, "alice@example.com", i, i);
    assert_int_equal(devices_stats(crowd.devices).items, 2);
    assert_int_equal(devices_forgotten(crowd.devices), 18);
    crowd_clear(&crowd);
}

static void records_that_grow_make_room_too(void **state)
{
    Crowd crowd = crowd_of(100, 6 * sizeof(Device));
    Device *first = find_stranger(&crowd, "a@example.com", 1, 0);

    find_stranger(&crowd, "b@example.com", 2, 1);
    devices_advance(crowd.devices);
    assert_int_equal(crowd.forgotten->len, 0);

    RegAttempt *large = g_new0(RegAttempt, 1);

    large->bytes = 5 * sizeof(Device);
    attempt_keep(first, large, 8);
    devices_weigh(crowd.devices, first);
    devices_advance(crowd.devices);
    assert_int_equal(crowd.forgotten->len, 1);
    assert_int_equal(forgotten_at(&crowd, 0), 1);
    assert_int_equal(devices_stats(crowd.devices).items, 1);
    assert_true(devices_stats(crowd.devices).bytes < 2 * sizeof(Device));
    crowd_clear(&crowd);
}

static void a_device_without_a_name_is_known_by_its_address(void **state)
{
    Crowd crowd = crowd_of(10, 0);
    NetEndpoint one = endpoint_of("192.168.1.10:1"), two = endpoint_of("192.168.1.11:1");
    Device *first = devices_add_nameless(crowd.devices, &one, AT(0));
    Device *second = devices_add_nameless(crowd.devices, &two, AT(1));

    assert_string_equal(first->public.aor, "");
    assert_int_equal(first->public.id, 1);
    assert_int_equal(second->public.id, 2);
    assert_true(net_endpoint_equal(&second->public.addresses[0], &two));
    assert_ptr_not_equal(first->account, second->account);
    assert_null(devices_peek(crowd.devices, ""));
    crowd_clear(&crowd);
}

static void an_account_can_be_looked_at(void **state)
{
    Crowd crowd = crowd_of(10, 0);
    const Device *device = find(&crowd, (Ask){ .call_id = "one" }, 0);

    assert_ptr_equal(devices_peek(crowd.devices, "alice@example.com"), device);
    assert_null(devices_peek(crowd.devices, "bob@example.com"));
    crowd_clear(&crowd);
}

static void endpoints_are_distinct_and_the_newest_is_last(void **state)
{
    NetEndpoint list[REG_DEVICE_ADDRESSES];
    unsigned n = 0;

    for (uint16_t port = 1; port <= 6; port++)
        device_add_endpoint(list, &n, &(NetEndpoint){ .port = port });
    assert_int_equal(n, REG_DEVICE_ADDRESSES);
    assert_int_equal(list[0].port, 3);
    assert_int_equal(list[3].port, 6);
    device_add_endpoint(list, &n, &(NetEndpoint){ .port = 4 });
    assert_int_equal(list[3].port, 4);
    assert_int_equal(list[1].port, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_call_is_the_same_device),
        cmocka_unit_test(a_new_call_each_time_is_still_one_device),
        cmocka_unit_test(devices_come_in_order_of_appearance),
        cmocka_unit_test(a_flood_of_one_account_spares_who_registered),
        cmocka_unit_test(the_quietest_account_makes_room),
        cmocka_unit_test(a_flood_of_accounts_spares_those_that_are_proven),
        cmocka_unit_test(an_account_that_was_registered_and_forgotten_is_known_to_return),
        cmocka_unit_test(one_account_alone_makes_room_for_itself),
        cmocka_unit_test(records_that_grow_make_room_too),
        cmocka_unit_test(a_device_without_a_name_is_known_by_its_address),
        cmocka_unit_test(an_account_can_be_looked_at),
        cmocka_unit_test(endpoints_are_distinct_and_the_newest_is_last),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
