#pragma once

/*
 * A rule is a constant.
 *
 * It says what it looks for, where it may be believed, what it needs to see,
 * and what the reader should do. It has no state: the same chain gives the
 * same verdict, in any order, on any thread.
 */

#include "reg/chain.h"
#include "reg/device.h"
#include "reg/site.h"
#include "rules/finding.h"

typedef enum RuleVerdict {
    RULE_CLEAN,   /* looked, and found nothing */
    RULE_FIRES,   /* the finding is filled in */
    RULE_ABSTAINS /* the capture does not show enough to tell */
} RuleVerdict;

/* What must be visible before check() is called at all. */
typedef enum RuleNeed {
    RULE_NEEDS_NOTHING = 0,
    RULE_NEEDS_HEAD = 1 << 0,    /* the chain's first request */
    RULE_NEEDS_TAIL = 1 << 1,    /* what came after the chain's last message */
    RULE_NEEDS_ANSWER = 1 << 2,  /* at least one final answer */
    RULE_NEEDS_WHOLE = 1 << 3,   /* whole messages: it rests on what is not in them */
    RULE_NEEDS_FAILURE = 1 << 4, /* anything but a 2xx at the end; else it is clean */
} RuleNeed;

/* How a fault looks from each place; NULL: there is nothing to say. */
typedef struct RuleViews {
    const char *client; /* beside the phone */
    const char *middle; /* on the path */
    const char *server; /* beside the registrar */
} RuleViews;

/* How to mend it, by who has the means; NULL: there is nothing to say. */
typedef struct RuleFixes {
    const char *phone;
    const char *router;
    const char *asterisk;
    const char *kamailio;
} RuleFixes;

struct Rule {
    const char *id;    /* the file's name, and the sample's, and the anchor's */
    const char *area;  /* "chain", "capture" ... */
    const char *title; /* "The phone never answered the challenge" */
    FindingSeverity severity;
    uint32_t vantage; /* of RegVantage: where the rule may speak */
    uint32_t needs;   /* of RuleNeed */
    bool absence;     /* rests on something that was not seen: weaker where packets were lost */
    /* An umbrella: ids of the narrower rules that silence it when they fire on
     * the same subject; NULL-terminated, or NULL. */
    const char *const *silenced_by;
    const char *meaning;   /* what happened, for somebody who knows SIP */
    const char *advice;    /* what to do next, for somebody who does not */
    const char *confusion; /* what it must not be confused with */
    const char *reference; /* "RFC 3261 section 22.2" */

    /* The rest of the story, for "whyreg explain"; a rule may leave it out. */
    const char *should; /* what happens when all is well, and where that is written */
    RuleViews seen;
    RuleFixes fix;

    /* Exactly one of the three. */
    RuleVerdict (*check_chain)(const RegChain *chain, Finding *finding);
    RuleVerdict (*check_device)(const RegDevice *device, Nsec now, Finding *finding);
    RuleVerdict (*check_site)(const RegSite *site, Finding *finding);
};

/* For a rule's check(): abstains and says why, in constant text. */
RuleVerdict rule_abstain(Finding *finding, const char *because);

/* Every rule, sorted by id, NULL-terminated. Generated from the one list in
 * src/rules/meson.build. */
extern const Rule *const rule_table[];

const Rule *rule_find(const char *id); /* NULL: no such rule */
