/*
 * A device leaves its old addresses behind.
 *
 * Each time it gets a new port or starts again it registers a new Contact, and
 * the old one stays until its time is over. Calls ring all of them: most of
 * the branches go to ports where nobody listens any more, and some registrars
 * refuse the next Contact because there are too many.
 */

#include "below.h"

/* One is left over after each restart of any phone. */
#define PILE 3

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    char who[NET_ENDPOINT_TEXT];

    if (device->listed_stale < PILE || device->listed.frame == 0)
        return RULE_CLEAN;

    g_autofree char *seen = g_strdup_printf("%u old Contacts of this device, %u of others",
                                            device->listed_stale, device->listed_others);

    finding_say(finding, "the registrar lists %u old bindings of %s beside the newest one%s",
                device->listed_stale, below_who(device, who),
                device->instance != NULL ? "" : ": the device sends no +sip.instance");
    finding_cite(finding, "200 OK", device->listed, device->last_accepted, str_of(seen),
                 "only the Contact that the device has now");
    finding_reject(finding, "binding_fight", "the old bindings have the device's own name");
    finding_grade(finding, FINDING_STRONG,
                  "The registrar's list of bindings (Asterisk: pjsip show contacts; Kamailio: "
                  "kamctl ul show NAME): whether all of them are of one device.");
    finding->from = finding->until = device->last_accepted;
    return RULE_FIRES;
}

const Rule rule_stale_bindings = {
    .id = "stale_bindings",
    .area = "life",
    .title = "Old bindings pile up",
    .severity = FINDING_WARNING,
    .vantage = REG_VANTAGE_ANY,
    .meaning = "The 200 OK lists several Contacts of this device that it does not use any more. "
               "They stay until their time is over, and calls are sent to all of them.",
    .advice = "Give the device a +sip.instance that stays the same (RFC 5626), let it remove its "
              "Contact when it stops, and shorten the expiry. On the registrar: Asterisk "
              "pjsip.conf, aor: max_contacts=1 and remove_existing=yes; Kamailio: registrar "
              "max_contacts.",
    .confusion = "Other devices of the same account: each of them renews its own Contact.",
    .should = "A phone removes its Contact when it goes, or comes back with the same one or the "
              "same +sip.instance (RFC 5626 section 3.1).",
    .seen = {
        .client = "200s with several Contacts of the own host, whose expires counts down.",
        .middle = "The same.",
        .server = "The same, and calls that are sent to all of them.",
    },
    .fix = {
        .phone = "Unregister when it stops; a +sip.instance that stays; a fixed local port.",
        .router = "Nothing.",
        .asterisk = "aor: max_contacts=1 and remove_existing=yes.",
        .kamailio = "registrar: max_contacts; a shorter max_expires.",
    },
    .reference = "RFC 3261 section 10.3, RFC 5626 section 3.1",
    .check_device = check,
};
