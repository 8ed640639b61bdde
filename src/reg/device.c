/*
 * What a device's record tells: its state at the end.
 */

#include "reg/device.h"

#include "reg/interval.h"

const char *reg_binding_end_name(RegBindingEnd end)
{
    static const char *const names[] = {
        [REG_BINDING_OPEN] = "open",         [REG_BINDING_REFRESHED] = "refreshed",
        [REG_BINDING_REPLACED] = "replaced", [REG_BINDING_REMOVED] = "removed",
        [REG_BINDING_LAPSED] = "lapsed",     [REG_BINDING_UNKNOWN] = "unknown",
    };

    return names[end];
}

const char *reg_state_name(RegState state)
{
    static const char *const names[] = {
        [REG_STATE_UNKNOWN] = "unknown",
        [REG_STATE_REGISTERED] = "registered",
        [REG_STATE_REFUSED] = "refused",
        [REG_STATE_UNANSWERED] = "unanswered",
        [REG_STATE_LAPSED] = "lapsed",
        [REG_STATE_UNREACHABLE] = "unreachable",
        [REG_STATE_DEREGISTERED] = "deregistered",
    };

    return names[state];
}

/* Captures of different places do not end together. */
Nsec reg_device_end(const RegDevice *device, Nsec end)
{
    return end != NSEC_NONE ? end - device->unwatched : end;
}

static RegState state_of_bindings(const RegDevice *device, Nsec now)
{
    const RegBinding *newest =
        device->n_bindings > 0 ? &device->bindings[device->n_bindings - 1] : NULL;

    if (newest == NULL)
        return REG_STATE_UNKNOWN;
    if (newest->end == REG_BINDING_REMOVED)
        return REG_STATE_DEREGISTERED;
    if (newest->end == REG_BINDING_UNKNOWN)
        return REG_STATE_UNKNOWN;
    if (newest->end == REG_BINDING_REPLACED && newest->taken_by != 0)
        return REG_STATE_UNREACHABLE; /* what is for it goes to the other device */
    if (newest->end == REG_BINDING_LAPSED || newest->until < now)
        return REG_STATE_LAPSED;
    return REG_STATE_REGISTERED;
}

/* Whether it is registered for nothing at 'now'. */
static bool is_dark(const RegDevice *device, Nsec now)
{
    const RegLife *life = device->life;

    if (life == NULL || (life->n_outages == 0 && life->disconnect == NULL))
        return false;

    g_autoptr(GArray) row = reg_intervals_new(device, now);

    return row->len > 0
           && g_array_index(row, RegInterval, row->len - 1).state == REG_INTERVAL_UNREACHABLE;
}

static RegState state_without_outage(const RegDevice *device, Nsec now)
{
    const RegAttempt *last =
        device->n_attempts_kept > 0 ? device->attempts[device->n_attempts_kept - 1] : NULL;
    RegState bound = state_of_bindings(device, now);

    if (last == NULL)
        return device->lookup != NULL || device->link != NULL ? REG_STATE_UNANSWERED : bound;
    switch (last->outcome) {
    case REG_OUTCOME_REFUSED:
        /* It may not leave: then it is still there. */
        return last->purpose == REG_PURPOSE_REMOVE && bound == REG_STATE_REGISTERED
                   ? bound
                   : REG_STATE_REFUSED;
    case REG_OUTCOME_ABANDONED:
    case REG_OUTCOME_UNANSWERED:
        return REG_STATE_UNANSWERED;
    case REG_OUTCOME_ACCEPTED:
    case REG_OUTCOME_UNKNOWN:
        break;
    }

    bool removed = last->outcome == REG_OUTCOME_ACCEPTED && last->purpose == REG_PURPOSE_REMOVE;

    /* It may have removed an old Contact, while a newer one stands. */
    return removed && bound != REG_STATE_REGISTERED ? REG_STATE_DEREGISTERED : bound;
}

RegState reg_device_state(const RegDevice *device, Nsec now)
{
    RegState state = state_without_outage(device, now);

    return state == REG_STATE_REGISTERED && is_dark(device, now) ? REG_STATE_UNREACHABLE : state;
}
