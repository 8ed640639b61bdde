#pragma once

/*
 * What a refusal is about, by the words that come with it: the reason phrase,
 * Warning, P-Registrar-Error, Reason and the first line of a body. English and
 * German, in any case and spelling that was met.
 *
 * Words are the registrar's own account of why it refused. They are a strong
 * hint and no proof: whoever goes by them says so in the grade.
 */

#include "sip/message.h"

typedef enum WordsTopic {
    WORDS_DOMAIN,   /* "Domain forbidden", "unbekannte Domain" */
    WORDS_CONTACT,  /* "Contact/received too long", "Kontakt ungültig" */
    WORDS_CONTACTS, /* "Too many registered contacts", "zu viele Registrierungen" */
    WORDS_CSEQ,     /* "Invalid CSeq number", "Out of order request" */
} WordsTopic;

/* Whether the text is about that. */
bool words_are_about(Str text, WordsTopic topic);

/* The first text of an answer that is, trimmed; STR_NONE: none. */
Str words_find(const SipMessage *answer, WordsTopic topic);
