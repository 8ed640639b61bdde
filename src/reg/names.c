/*
 * Two tables of hashes, as long as there are devices. A device has at most one
 * entry in each; of two devices with one name the newer one is meant.
 */

#include "names.h"

#include "base/hash.h"
#include "text.h"

struct Names {
    GHashTable *contacts; /* Device.contact_key to Device */
    GHashTable *aliases;  /* Device.alias_key to Device */
};

Names *names_new(void)
{
    Names *names = g_new0(Names, 1);

    names->contacts = g_hash_table_new(g_int64_hash, g_int64_equal);
    names->aliases = g_hash_table_new(g_int64_hash, g_int64_equal);
    return names;
}

void names_free(Names *names)
{
    if (names == NULL)
        return;
    g_hash_table_unref(names->contacts);
    g_hash_table_unref(names->aliases);
    g_free(names);
}

/* Never 0: that says "no name". */
static uint64_t key_of(Str user, const NetAddr *host, uint16_t port)
{
    return hash_mix(hash_mix(hash_str(user), net_addr_hash(host)), port) | 1;
}

static uint64_t contact_key(const SipUri *uri)
{
    NetAddr host;

    return net_addr_parse(uri->host, &host)
               ? key_of(uri->user, &host, uri->port != 0 ? uri->port : 5060)
               : 0;
}

static void drop_name(GHashTable *table, uint64_t *key, const Device *device)
{
    if (*key != 0 && g_hash_table_lookup(table, key) == device)
        g_hash_table_remove(table, key);
    *key = 0;
}

/* Returns who had the name until now; NULL: nobody else. */
static Device *set_name(GHashTable *table, uint64_t *key, uint64_t value, Device *device)
{
    Device *before = value != 0 ? g_hash_table_lookup(table, &value) : NULL;

    if (before == device)
        return NULL;
    drop_name(table, key, device);
    *key = value;
    if (value != 0)
        g_hash_table_replace(table, key, device); /* the key is the newer device's own */
    return before;
}

/* Renewals have the same text, and so the same key. */
static uint64_t key_of_contact(Device *device)
{
    if (device->named_by != device->public.contact) {
        SipUri contact = sip_uri_parse(text_view(device->public.contact));

        text_clear(&device->named_by);
        device->named_by = g_ref_string_acquire(device->public.contact);
        return contact_key(&contact);
    }
    return device->contact_key;
}

static void set_contact(Names *names, Device *device)
{
    uint64_t before = device->contact_key;
    uint64_t key = key_of_contact(device);
    Device *other = set_name(names->contacts, &device->contact_key, key, device);

    if (before != device->contact_key)
        device->contact_shared = false;
    if (other != NULL && (other->account != device->account || other->contact_shared))
        device->contact_shared = true;
}

void names_bind(Names *names, Device *device, const NetAddr *server)
{
    Str aor = text_view(device->public.aor);
    Str user, host;

    set_contact(names, device);
    set_name(names->aliases, &device->alias_key,
             str_split(aor, '@', &user, &host) ? key_of(user, server, 0) : 0, device);
}

void names_forget(Names *names, Device *device)
{
    drop_name(names->contacts, &device->contact_key, device);
    text_clear(&device->named_by);
    drop_name(names->aliases, &device->alias_key, device);
}

Device *names_by_contact(const Names *names, const SipUri *uri)
{
    uint64_t key = contact_key(uri);
    Device *device = key != 0 ? g_hash_table_lookup(names->contacts, &key) : NULL;

    return device != NULL && !device->contact_shared ? device : NULL;
}

Device *names_by_alias(const Names *names, const SipUri *uri)
{
    NetAddr server;

    if (!net_addr_parse(uri->host, &server))
        return NULL;

    uint64_t key = key_of(uri->user, &server, 0);

    return g_hash_table_lookup(names->aliases, &key);
}
