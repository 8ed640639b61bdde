/*
 * Who is meant by a Contact, or by a name at the registrar's address.
 */

#include "reg/names.h"

#include "base/hash.h"
#include "reg/identity.h"
#include "words.h"

typedef struct Town {
    Devices *devices;
    Names *names;
    NetAddr server;
    unsigned n;
} Town;

static void on_forget(Device *device, void *user)
{
    names_forget(((Town *)user)->names, device);
}

static void town_init(Town *town, size_t max_devices)
{
    *town = (Town){ .names = names_new(), .server = endpoint_of("198.51.100.10:5060").addr };
    town->devices = devices_new(max_devices, 0, on_forget, town);
}

static void town_clear(Town *town)
{
    devices_free(town->devices);
    names_free(town->names);
}

static void set_contact(Device *device, const char *contact)
{
    g_clear_pointer(&device->public.contact, g_ref_string_release);
    device->public.contact = g_ref_string_new(contact);
}

/* A device of its own each time, whatever it has in common with others. */
static Device *settle(Town *town, const char *aor, const char *contact)
{
    Identity identity = { .aor = aor, .call_id = ++town->n };
    Device *device = devices_find(town->devices, &identity, AT(town->n));

    set_contact(device, contact);
    names_bind(town->names, device, &town->server);
    return device;
}

static Device *by_contact(const Town *town, const char *text)
{
    SipUri uri = sip_uri_parse(str_of(text));

    return names_by_contact(town->names, &uri);
}

static Device *by_alias(const Town *town, const char *text)
{
    SipUri uri = sip_uri_parse(str_of(text));

    return names_by_alias(town->names, &uri);
}

static void a_contact_is_its_user_host_and_port(void **state)
{
    Town town;

    town_init(&town, 10);

    Device *alice = settle(&town, "alice@example.com", "sip:alice@192.168.1.10");
    Device *bob = settle(&town, "bob@example.com", "sip:bob@192.168.1.10:5070;transport=tcp");

    assert_ptr_equal(by_contact(&town, "sip:alice@192.168.1.10:5060;ob"), alice);
    assert_ptr_equal(by_contact(&town, "sip:bob@192.168.1.10:5070"), bob);
    assert_null(by_contact(&town, "sip:bob@192.168.1.10"));
    assert_null(by_contact(&town, "sip:Alice@192.168.1.10"));
    assert_null(by_contact(&town, "sip:alice@192.168.1.11"));
    assert_null(by_contact(&town, "sip:alice@phone.example.com"));
    assert_null(by_contact(&town, ""));
    town_clear(&town);
}

static void an_alias_is_a_user_at_the_registrars_address(void **state)
{
    Town town;

    town_init(&town, 10);

    Device *alice = settle(&town, "alice@example.com", "sip:alice@192.168.1.10");

    assert_ptr_equal(by_alias(&town, "sip:alice@198.51.100.10"), alice);
    assert_ptr_equal(by_alias(&town, "sip:alice@198.51.100.10:5070"), alice);
    assert_null(by_alias(&town, "sip:alice@example.com"));
    assert_null(by_alias(&town, "sip:alice@198.51.100.11"));
    assert_null(by_alias(&town, "sip:198.51.100.10"));
    town_clear(&town);
}

static void a_new_contact_replaces_the_old_one(void **state)
{
    Town town;

    town_init(&town, 10);

    Device *alice = settle(&town, "alice@example.com", "sip:alice@192.168.1.10");

    set_contact(alice, "sip:alice@192.168.1.11");
    town.server = endpoint_of("198.51.100.11:5060").addr;
    names_bind(town.names, alice, &town.server);
    names_bind(town.names, alice, &town.server);
    assert_ptr_equal(by_contact(&town, "sip:alice@192.168.1.11"), alice);
    assert_null(by_contact(&town, "sip:alice@192.168.1.10"));
    assert_null(by_alias(&town, "sip:alice@198.51.100.10"));
    assert_ptr_equal(by_alias(&town, "sip:alice@198.51.100.11"), alice);

    set_contact(alice, "sip:alice@host.example.com");
    names_bind(town.names, alice, &town.server);
    assert_null(by_contact(&town, "sip:alice@192.168.1.11"));
    town_clear(&town);
}

static void of_two_devices_of_an_account_the_newer_one_is_meant(void **state)
{
    Town town;

    town_init(&town, 10);

    Device *before = settle(&town, "alice@example.com", "sip:alice@192.168.1.10");
    Device *after = settle(&town, "alice@example.com", "sip:alice@192.168.1.10");

    assert_ptr_not_equal(before, after);
    assert_ptr_equal(by_contact(&town, "sip:alice@192.168.1.10"), after);
    names_forget(town.names, before); /* it is another one's name now */
    assert_ptr_equal(by_contact(&town, "sip:alice@192.168.1.10"), after);
    names_bind(town.names, before, &town.server);
    assert_ptr_equal(by_contact(&town, "sip:alice@192.168.1.10"), before);
    town_clear(&town);
}

/* "s@192.168.1.10" is the trunk of half the world. */
static void a_contact_of_several_accounts_means_nobody(void **state)
{
    Town town;

    town_init(&town, 10);

    Device *one = settle(&town, "one@example.com", "sip:s@192.168.1.10");
    Device *two = settle(&town, "two@example.com", "sip:s@192.168.1.10");

    assert_null(by_contact(&town, "sip:s@192.168.1.10"));
    names_bind(town.names, one, &town.server);
    assert_null(by_contact(&town, "sip:s@192.168.1.10"));

    set_contact(one, "sip:s@192.168.1.11");
    names_bind(town.names, one, &town.server);
    assert_ptr_equal(by_contact(&town, "sip:s@192.168.1.11"), one);
    assert_null(by_contact(&town, "sip:s@192.168.1.10")); /* until its device is back */
    set_contact(two, "sip:s@192.168.1.12");
    names_bind(town.names, two, &town.server);
    set_contact(two, "sip:s@192.168.1.10");
    names_bind(town.names, two, &town.server);
    assert_ptr_equal(by_contact(&town, "sip:s@192.168.1.10"), two);
    town_clear(&town);
}

static void who_is_forgotten_is_not_found(void **state)
{
    Town town;

    town_init(&town, 100);
    for (unsigned i = 0; i < 1000; i++) {
        g_autofree char *aor = g_strdup_printf("u%u@example.com", i);
        g_autofree char *contact = g_strdup_printf("sip:u%u@192.168.1.10", i);

        settle(&town, aor, contact);
    }
    assert_null(by_contact(&town, "sip:u0@192.168.1.10"));
    assert_null(by_alias(&town, "sip:u0@198.51.100.10"));
    assert_null(by_contact(&town, "sip:u899@192.168.1.10"));
    assert_non_null(by_contact(&town, "sip:u900@192.168.1.10"));
    assert_non_null(by_alias(&town, "sip:u999@198.51.100.10"));
    town_clear(&town);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_contact_is_its_user_host_and_port),
        cmocka_unit_test(an_alias_is_a_user_at_the_registrars_address),
        cmocka_unit_test(a_new_contact_replaces_the_old_one),
        cmocka_unit_test(of_two_devices_of_an_account_the_newer_one_is_meant),
        cmocka_unit_test(a_contact_of_several_accounts_means_nobody),
        cmocka_unit_test(who_is_forgotten_is_not_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
