/*
 * Bindings: RFC 3261 section 10.3 as seen from outside.
 *
 * A binding begins with the 2xx that grants it and lasts as long as granted.
 * A refresh on the same terms prolongs it; other terms, or another Contact of
 * the same device, begin a new one. Where the next REGISTER came only after
 * the time had run out, there is a lapse between the two.
 */

#include "binding.h"

#include "text.h"

typedef struct Teller {
    Device *device;
    BindingTell *tell;
    void *user;
} Teller;

static void say(const Teller *teller, const RegBinding *binding)
{
    if (teller->tell != NULL)
        teller->tell(&teller->device->public, binding, teller->user);
}

static void end_binding(const Teller *teller, RegBinding *binding, RegBindingEnd end, Nsec at)
{
    binding->end = end;
    binding->until = MIN(binding->until, at);
    say(teller, binding);
}

/* The oldest one goes; what counts of it is how long it stood. */
static void drop_oldest(Device *device)
{
    RegBinding *oldest = &device->bindings[0];
    unsigned n = --device->public.n_bindings;

    device->public.registered_before += MAX(oldest->until - oldest->since, 0);
    device->public.bindings_forgotten++;
    text_clear(&oldest->contact);
    memmove(oldest, oldest + 1, n * sizeof(RegBinding));
}

static RegBinding *append(Device *device, RegBinding binding)
{
    if (device->public.n_bindings == DEVICE_BINDINGS)
        drop_oldest(device);

    unsigned n = ++device->public.n_bindings;

    device->bindings = g_renew(RegBinding, device->bindings, n);
    device->public.bindings = device->bindings;
    device->bindings[n - 1] = binding;
    return &device->bindings[n - 1];
}

static void begin_binding(const Teller *teller, const RegStep *step, const SipTxn *txn)
{
    Device *device = teller->device;
    RegBinding binding = {
        .contact = device->public.contact ? g_ref_string_acquire(device->public.contact) : NULL,
        .source = txn->hop.src,
        .since = txn->answered,
        .until = txn->answered + (Nsec)step->granted * NSEC_SEC,
        .granted = step->granted,
        .end = REG_BINDING_OPEN,
    };

    say(teller, append(device, binding));
}

static void remove_newest(const Teller *teller, Nsec now)
{
    RegBinding *newest = device_newest_binding(teller->device);

    if (newest != NULL && newest->end == REG_BINDING_OPEN)
        end_binding(teller, newest, newest->until < now ? REG_BINDING_LAPSED : REG_BINDING_REMOVED,
                    now);
}

/* A phone may remove the Contact that it had before, while a newer one stands.
 * An answer that lists none tells that nothing is left. */
static void remove_own(const Teller *teller, const SipTxn *txn)
{
    const Device *device = teller->device;
    const RegBinding *newest = device_newest_binding(device);

    if (newest == NULL)
        return;

    SipUri bound = sip_uri_parse(text_view(newest->contact));
    SipUri removed = sip_uri_parse(text_view(device->public.contact));

    if (sip_uri_equal(&bound, &removed)
        || (txn->answer != NULL && sip_message_header(txn->answer, SIP_HEADER_CONTACT, 0) == NULL))
        remove_newest(teller, txn->answered);
}

/* "Contact: *" ends the bindings of the whole account (RFC 3261 section 10.2.2). */
static void remove_all(const Teller *teller, Nsec now)
{
    for (Device *device = device_siblings(teller->device); device != NULL; device = device->next)
        remove_newest(&(Teller){ device, teller->tell, teller->user }, now);
}

static void grant(const Teller *teller, const RegStep *step, const SipTxn *txn)
{
    RegBinding *newest = device_newest_binding(teller->device);
    Nsec until = txn->answered + (Nsec)step->granted * NSEC_SEC;

    if (newest == NULL || newest->end != REG_BINDING_OPEN) {
        begin_binding(teller, step, txn);
        return;
    }

    bool same_contact = text_equal(newest->contact, teller->device->public.contact);

    if (newest->until < txn->opened) {
        end_binding(teller, newest, REG_BINDING_LAPSED, newest->until);
    } else if (same_contact && newest->granted == step->granted
               && net_endpoint_equal(&newest->source, &txn->hop.src)) {
        newest->until = MAX(newest->until, until);
        newest->refreshes++;
        return;
    } else {
        end_binding(teller, newest, same_contact ? REG_BINDING_REFRESHED : REG_BINDING_REPLACED,
                    txn->answered);
    }
    begin_binding(teller, step, txn);
}

void binding_accept(Device *device, const RegStep *step, const SipTxn *txn, BindingTell *tell,
                    void *user)
{
    Teller teller = { device, tell, user };

    if (step->removes_all)
        remove_all(&teller, txn->answered);
    else if (step->removes || step->granted == 0)
        remove_own(&teller, txn);
    else if (!step->queries && step->granted != REG_EXPIRES_NONE)
        grant(&teller, step, txn);
}

void binding_finish(Device *device, Nsec now, RegBindingEnd end, BindingTell *tell, void *user)
{
    Teller teller = { device, tell, user };
    RegBinding *newest = device_newest_binding(device);

    if (newest != NULL && newest->end == REG_BINDING_OPEN && newest->until < now)
        end_binding(&teller, newest, end, newest->until);
}
