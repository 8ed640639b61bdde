/*
 * Bindings: RFC 3261 section 10.3 as seen from outside.
 *
 * A binding begins with the 2xx that grants it and lasts as long as granted.
 * A refresh on the same terms prolongs it; other terms, or another Contact of
 * the same device, begin a new one. Where the next REGISTER came only after
 * the time had run out, there is a lapse between the two.
 */

#include "binding.h"

#include "agenda.h"
#include "text.h"

typedef struct Teller {
    Device *device;
    BindingTell *tell;
    void *user;
} Teller;

static void say(const Teller *teller, const RegBinding *binding)
{
    agenda_wake(teller->device);
    if (teller->tell != NULL)
        teller->tell(&teller->device->public, binding, teller->user);
}

static void end_binding(const Teller *teller, RegBinding *binding, RegBindingEnd end, Nsec at,
                        CaptureRef by)
{
    binding->end = end;
    binding->until = MIN(binding->until, at);
    binding->ended = at;
    binding->ended_by = by;
    say(teller, binding);
}

/* The oldest one goes; what counts of it is how long it stood, and how long
 * nothing did before the next one. */
static void drop_oldest(Device *device)
{
    RegBinding *oldest = &device->bindings[0];
    unsigned n = --device->public.n_bindings;

    device->public.registered_before += nsec_since(oldest->since, oldest->until);
    if (n > 0 && oldest->end == REG_BINDING_LAPSED)
        device->public.lapsed_before += nsec_since(oldest->until, oldest[1].since);
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

static CaptureRef ref_of(const SipTxn *txn)
{
    return txn->answer != NULL ? txn->answer->meta.ref : (CaptureRef){ 0 };
}

static Nsec granted_until(const RegStep *step, const SipTxn *txn)
{
    return nsec_after(txn->answered, (Nsec)step->granted * NSEC_SEC);
}

static void begin_binding(const Teller *teller, const RegStep *step, const SipTxn *txn)
{
    Device *device = teller->device;
    RegBinding binding = {
        .contact = device->public.contact ? g_ref_string_acquire(device->public.contact) : NULL,
        .source = txn->hop.src,
        .since = txn->answered,
        .until = granted_until(step, txn),
        .granted = step->granted,
        .asked = step->asked,
        .renewed = txn->answered,
        .least_left = NSEC_NONE,
        .ended = NSEC_NONE,
        .made_by = ref_of(txn),
        .renewed_by = ref_of(txn),
        .end = REG_BINDING_OPEN,
    };

    say(teller, append(device, binding));
}

static void remove_newest(const Teller *teller, const SipTxn *txn)
{
    RegBinding *newest = device_newest_binding(teller->device);

    if (newest == NULL || newest->end != REG_BINDING_OPEN)
        return;
    if (newest->until < txn->answered)
        end_binding(teller, newest, REG_BINDING_LAPSED, newest->until, (CaptureRef){ 0 });
    else
        end_binding(teller, newest, REG_BINDING_REMOVED, txn->answered, ref_of(txn));
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
        remove_newest(teller, txn);
}

/* "Contact: *" ends the bindings of the whole account (RFC 3261 section 10.2.2). */
static void remove_all(const Teller *teller, const SipTxn *txn)
{
    for (Device *device = device_siblings(teller->device); device != NULL; device = device->next)
        remove_newest(&(Teller){ device, teller->tell, teller->user }, txn);
}

/* A refresh so late that a lost packet is a lapse: it is due before the last
 * twentieth of the time, and with 64*T1 left for a full row of retries (RFC 3261
 * section 17.1.2.2). */
static bool is_late(const RegBinding *binding, Nsec left)
{
    return left < 32 * NSEC_SEC && left < (Nsec)binding->granted * NSEC_SEC / 20;
}

static void note_margin(RegBinding *binding, const SipTxn *txn)
{
    Nsec left = nsec_since(txn->opened, binding->until);

    if (binding->least_left == NSEC_NONE || left < binding->least_left)
        binding->least_left = left;
    binding->late += is_late(binding, left);
}

static void grant(const Teller *teller, const RegStep *step, const SipTxn *txn)
{
    RegBinding *newest = device_newest_binding(teller->device);

    if (newest == NULL || newest->end != REG_BINDING_OPEN) {
        begin_binding(teller, step, txn);
        return;
    }

    bool same_contact = text_equal(newest->contact, teller->device->public.contact);

    if (newest->until >= txn->opened)
        note_margin(newest, txn);
    if (newest->until < txn->opened) {
        end_binding(teller, newest, REG_BINDING_LAPSED, newest->until, (CaptureRef){ 0 });
    } else if (same_contact && newest->granted == step->granted
               && net_endpoint_equal(&newest->source, &txn->hop.src)) {
        newest->until = MAX(newest->until, granted_until(step, txn));
        newest->renewed = txn->answered;
        newest->renewed_by = ref_of(txn);
        newest->asked = step->asked;
        newest->refreshes++;
        return;
    } else {
        end_binding(teller, newest, same_contact ? REG_BINDING_REFRESHED : REG_BINDING_REPLACED,
                    txn->answered, ref_of(txn));
    }
    begin_binding(teller, step, txn);
}

void binding_accept(Device *device, const RegStep *step, const SipTxn *txn, BindingTell *tell,
                    void *user)
{
    Teller teller = { device, tell, user };

    if (step->removes_all)
        remove_all(&teller, txn);
    else if (step->removes || step->granted == 0)
        remove_own(&teller, txn);
    else if (!step->queries && step->granted != REG_EXPIRES_NONE)
        grant(&teller, step, txn);
}

void binding_take(Device *loser, const Device *winner, const SipTxn *txn, BindingTell *tell,
                  void *user)
{
    RegBinding *newest = device_newest_binding(loser);

    newest->taken_by = winner->public.id;
    end_binding(&(Teller){ loser, tell, user }, newest, REG_BINDING_REPLACED, txn->answered,
                ref_of(txn));
}

void binding_give_back(Device *device)
{
    RegBinding *newest = device_newest_binding(device);

    if (newest == NULL || newest->taken_by == 0)
        return;
    newest->taken_by = 0;
    newest->end = REG_BINDING_OPEN;
    newest->until = nsec_after(newest->renewed, (Nsec)newest->granted * NSEC_SEC);
    newest->ended = NSEC_NONE;
    newest->ended_by = (CaptureRef){ 0 };
    agenda_wake(device);
}

void binding_finish(Device *device, Nsec now, RegBindingEnd end, BindingTell *tell, void *user)
{
    Teller teller = { device, tell, user };
    RegBinding *newest = device_newest_binding(device);

    if (newest != NULL && newest->end == REG_BINDING_OPEN && newest->until < now)
        end_binding(&teller, newest, end, newest->until, (CaptureRef){ 0 });
}
