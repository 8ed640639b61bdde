/*
 * Is this the same phone as before?
 */

#include "reg/identity.h"

#include "base/hash.h"
#include "reg/chains.h"
#include "words.h"

/* A device that sent 'ask', and nothing since. */
static Device *device_that_sent(Ask ask)
{
    g_autoptr(SipMessage) message = request_of(ask);
    g_autofree char *aor = identity_aor(message);
    Identity identity = identity_of(message, aor);
    Device *device = g_new0(Device, 1);

    device->calls[0] = identity.call_id;
    device->from_tag = identity.from_tag;
    device->public.addresses[0] = message->meta.flow.src;
    device->public.n_addresses = 1;
    if (str_present(identity.contact.whole))
        device->public.contact =
            g_ref_string_new_len(identity.contact.whole.data, (gssize)identity.contact.whole.len);
    if (str_present(identity.user_agent))
        device->public.user_agent =
            g_ref_string_new_len(identity.user_agent.data, (gssize)identity.user_agent.len);
    if (str_present(identity.instance))
        device->public.instance =
            g_ref_string_new_len(identity.instance.data, (gssize)identity.instance.len);
    return device;
}

static void forget(Device *device)
{
    g_clear_pointer(&device->public.contact, g_ref_string_release);
    g_clear_pointer(&device->public.user_agent, g_ref_string_release);
    g_clear_pointer(&device->public.instance, g_ref_string_release);
    g_free(device);
}

static bool fits(const Device *device, Ask ask)
{
    g_autoptr(SipMessage) message = request_of(ask);
    Identity identity = identity_of(message, "");

    return identity_score(device, &identity, AT(10)) >= IDENTITY_THRESHOLD;
}

static bool is_same(Ask first, Ask then)
{
    Device *device = device_that_sent(first);
    bool same = fits(device, then);

    forget(device);
    return same;
}

/* The same while the first one is registered. */
static bool is_same_beside(Ask first, Ask then)
{
    Device *device = device_that_sent(first);
    RegBinding binding = { .until = AT(3600) };

    device->bindings = &binding;
    device->public.n_bindings = 1;

    bool same = fits(device, then);

    forget(device);
    return same;
}

/* After a reboot. */
#define NEW .call_id = "call-2", .tag = "tag-2"
#define LAN "<sip:alice@192.168.1.11:5060>"
#define INSTANCE ";+sip.instance=\"<urn:uuid:1>\""
#define ELSEWHERE "<sip:alice@198.18.0.1:5062>"

static void the_account_is_in_to(void **state)
{
    g_autoptr(SipMessage) message = request_of((Ask){ .aor = "Bob@EXAMPLE.com" });
    g_autofree char *aor = identity_aor(message);

    assert_string_equal(aor, "Bob@example.com");
}

static void a_call_id_is_known_again(void **state)
{
    Device *device = device_that_sent((Ask){ 0 });

    assert_true(identity_knows_call(device, hash_str(STR("call-1"))));
    assert_false(identity_knows_call(device, hash_str(STR("call-2"))));
    forget(device);
}

static void a_reboot_at_the_same_place_is_the_same_device(void **state)
{
    assert_true(is_same_beside((Ask){ 0 }, (Ask){ NEW }));
    assert_true(is_same((Ask){ .agent = "" }, (Ask){ NEW }));
}

static void an_instance_decides_wherever_the_device_goes(void **state)
{
    assert_true(is_same_beside(
        (Ask){ .contact = LAN INSTANCE },
        (Ask){ NEW, .contact = ELSEWHERE INSTANCE, .agent = "Other", .from = "198.18.0.1:5062" }));
    assert_false(is_same((Ask){ .contact = LAN ";+sip.instance=\"<urn:uuid:2>\"" },
                         (Ask){ NEW, .contact = LAN INSTANCE }));
}

static void instances_that_differ_behind_a_nul_byte_differ(void **state)
{
    Device *device = device_that_sent((Ask){ .contact = LAN });

    device->public.instance = g_ref_string_new_len("a\0b", 3);

    g_autoptr(SipMessage) message = request_of((Ask){ NEW, .contact = LAN });
    Identity identity = identity_of(message, "");

    identity.instance = (Str){ "a\0b", 3 };
    assert_true(identity_score(device, &identity, AT(1)) >= IDENTITY_THRESHOLD);
    identity.instance = (Str){ "a\0c", 3 };
    assert_true(identity_score(device, &identity, AT(1)) < IDENTITY_THRESHOLD);
    forget(device);
}

static void a_device_that_moved_without_an_instance_is_another_one(void **state)
{
    assert_false(
        is_same_beside((Ask){ 0 }, (Ask){ NEW, .contact = ELSEWHERE, .from = "198.18.0.1:5062" }));
}

#define NAT_A .from = "203.0.113.2:1024", .contact = "<sip:alice@192.168.1.10:5060>"
#define NAT_B .from = "203.0.113.2:1025", .contact = "<sip:alice@192.168.1.11:5060>"

static void two_phones_of_a_model_behind_one_nat_are_two(void **state)
{
    assert_false(is_same_beside((Ask){ NAT_A }, (Ask){ NEW, NAT_B }));
}

static void two_phones_that_start_together_are_two(void **state)
{
    Device *device = device_that_sent((Ask){ NAT_A });
    Chain open = { .device = device };

    device->open = &open;
    assert_false(fits(device, (Ask){ NEW, NAT_B }));
    forget(device);
}

static void one_socket_is_one_device_whatever_its_contact(void **state)
{
    const char *source = "203.0.113.2:1024";

    assert_true(
        is_same_beside((Ask){ .from = source },
                       (Ask){ NEW, .from = source, .contact = "<sip:alice@203.0.113.2:1024>" }));
}

static void behind_a_proxy_the_source_proves_nothing(void **state)
{
    Ask first = { .from = "203.0.113.9:5060", .via = "203.0.113.9" };
    Ask then = { NEW, .from = "203.0.113.9:5060", .via = "203.0.113.9", .contact = LAN };

    assert_false(is_same_beside(first, then));
    then.contact = NULL;
    assert_true(is_same_beside(first, then));
}

static void an_update_changes_only_the_version(void **state)
{
    assert_true(is_same((Ask){ .agent = "Phone 1.9.2" }, (Ask){ NEW, .agent = "Phone 1.10" }));
    assert_false(is_same((Ask){ .agent = "Phone 1.9" }, (Ask){ NEW, .agent = "Softphone 1.9" }));
    assert_false(is_same((Ask){ .agent = "Phone A1" }, (Ask){ NEW, .agent = "Phone A1 plus" }));
}

static void who_removes_everything_is_known_by_the_source(void **state)
{
    Ask star = { NEW, .contact = "*", .more = "Expires: 0\r\n" };

    assert_true(is_same_beside((Ask){ 0 }, star));
    star.agent = "";
    assert_true(is_same_beside((Ask){ 0 }, star));
    star.from = "192.168.1.10:5061";
    assert_false(is_same_beside((Ask){ 0 }, star));
}

static void missing_tags_are_not_equal_tags(void **state)
{
    g_autoptr(SipMessage) message = request_of((Ask){ .tag = "" });
    Identity identity = identity_of(message, "");

    assert_int_equal(identity.from_tag, 0);
}

static void an_answer_names_the_way_back(void **state)
{
    g_autoptr(SipMessage) answer =
        answer_of((Ask){ 0 }, 200, "Contact: <sip:somebody@198.18.0.1>\r\n");
    Identity identity = identity_of(answer, "");
    NetEndpoint phone = endpoint_of("192.168.1.10:5060");

    assert_true(net_endpoint_equal(&identity.source, &phone));
    assert_false(str_present(identity.contact.whole));
}

/* --- behind a NAT, by what it calls itself -------------------------------- */

static bool own_end_of(const char *from, NetEndpoint *own)
{
    g_autoptr(SipMessage) message = request_of((Ask){ .from = from });

    return identity_own_end(message, own);
}

static void behind_a_nat_the_via_names_the_phone(void **state)
{
    NetEndpoint own, phone = endpoint_of("192.168.1.10:5060");

    assert_true(own_end_of("203.0.113.2:1024", &own));
    assert_true(net_endpoint_equal(&own, &phone));
    assert_true(own_end_of("10.0.0.2:1024", &own)); /* a NAT behind another */
    assert_false(own_end_of("192.168.1.10:5060", &own));
    assert_false(own_end_of("192.168.1.10:1024", &own));
}

static void a_proxy_or_a_public_via_names_nobody(void **state)
{
    g_autoptr(SipMessage) proxied =
        request_of((Ask){ .from = "203.0.113.9:5060", .via = "203.0.113.9" });
    NetMeta meta = { .flow = { .src = endpoint_of("192.168.1.10:5060"),
                               .dst = endpoint_of("198.51.100.10:5060") } };
    g_autoptr(SipMessage) told = sip_message_parse(
        &meta, STR("REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.2\r\n\r\n"), 0);
    g_autoptr(SipMessage) named = sip_message_parse(
        &meta, STR("REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP phone.local\r\n\r\n"), 0);
    NetEndpoint own;

    assert_false(identity_own_end(proxied, &own));
    assert_false(identity_own_end(told, &own));
    assert_false(identity_own_end(named, &own));
}

/* Beside the server: its own end is in Via, its public one in the packet. */
static Device *device_behind_nat(Ask ask, const char *own)
{
    Device *device = device_that_sent(ask);

    device->public.public_addresses[0] = device->public.addresses[0];
    device->public.n_public_addresses = 1;
    device->public.addresses[0] = endpoint_of(own);
    return device;
}

static bool is_same_behind_nat(const char *own, Ask then)
{
    Device *device = device_behind_nat((Ask){ .from = "203.0.113.2:1024" }, own);
    RegBinding binding = { .until = AT(3600) };

    device->bindings = &binding;
    device->public.n_bindings = 1;

    bool same = fits(device, then);

    forget(device);
    return same;
}

#define LEARNED "<sip:alice@203.0.113.2:1025>"

/* After a reboot, from a new mapping, and with a Contact that it learned outside. */
static void a_phone_behind_a_nat_is_known_by_its_own_address(void **state)
{
    Ask then = { NEW, .from = "203.0.113.2:1025", .contact = LEARNED };

    assert_true(is_same_behind_nat("192.168.1.10:5060", then));
    assert_false(is_same_behind_nat("192.168.1.11:5060", then));
    then.from = "203.0.113.99:1025"; /* anybody may have that address in another place */
    assert_false(is_same_behind_nat("192.168.1.10:5060", then));
}

static void another_program_on_the_same_host_is_another_device(void **state)
{
    assert_false(
        is_same_behind_nat("192.168.1.10:5070", (Ask){ NEW, .from = "203.0.113.2:1025",
                                                       .contact = "<sip:alice@192.168.1.10:"
                                                                  "5071>",
                                                       .agent = "Softphone" }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_account_is_in_to),
        cmocka_unit_test(a_call_id_is_known_again),
        cmocka_unit_test(a_reboot_at_the_same_place_is_the_same_device),
        cmocka_unit_test(an_instance_decides_wherever_the_device_goes),
        cmocka_unit_test(instances_that_differ_behind_a_nul_byte_differ),
        cmocka_unit_test(a_device_that_moved_without_an_instance_is_another_one),
        cmocka_unit_test(two_phones_of_a_model_behind_one_nat_are_two),
        cmocka_unit_test(two_phones_that_start_together_are_two),
        cmocka_unit_test(one_socket_is_one_device_whatever_its_contact),
        cmocka_unit_test(behind_a_proxy_the_source_proves_nothing),
        cmocka_unit_test(an_update_changes_only_the_version),
        cmocka_unit_test(who_removes_everything_is_known_by_the_source),
        cmocka_unit_test(missing_tags_are_not_equal_tags),
        cmocka_unit_test(an_answer_names_the_way_back),
        cmocka_unit_test(behind_a_nat_the_via_names_the_phone),
        cmocka_unit_test(a_proxy_or_a_public_via_names_nobody),
        cmocka_unit_test(a_phone_behind_a_nat_is_known_by_its_own_address),
        cmocka_unit_test(another_program_on_the_same_host_is_another_device),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
