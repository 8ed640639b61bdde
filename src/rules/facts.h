#pragma once

/*
 * What many rules ask about a chain, and words they all use.
 */

#include "rules/rule.h"
#include "sip/value.h"

/* The address of record for a sentence; never empty. */
const char *chain_who(const RegChain *chain);

/* Why an absence in this chain proves nothing; NULL: it may be believed. */
const char *chain_loss(const RegChain *chain);

/* How long the capture looked on after the chain's last message. */
Nsec chain_silence(const RegChain *chain);

/* Requests on the wire in the whole chain and in one step, copies included. */
unsigned chain_requests(const RegChain *chain);
unsigned step_requests(const RegStep *step);

/* How sure one may be that nothing answered the chain's last request. Over UDP
 * a phone without an answer repeats its request after half a second (RFC 3261
 * section 17.1.2.2); one that did not may well have got an answer that the
 * capture does not hold. */
FindingGrade chain_silence_grade(const RegChain *chain);

/* What would decide it in that case; 'otherwise' for a request that was repeated. */
const char *chain_silence_settle(const RegChain *chain, const char *otherwise);

/* "401", "403 Forbidden": status and reason phrase of the step's answer; g_free() it. */
char *step_answer_text(const RegStep *step);

/* "198.51.100.10:5060" of the server the chain's last request went to. */
const char *chain_server(const RegChain *chain, char text[NET_ENDPOINT_TEXT]);

/* The final answer that ended the chain when it is none of 2xx, 401 and 407;
 * NULL otherwise. */
const SipMessage *chain_refusal(const RegChain *chain);

/* Whether any step was challenged, or carried credentials. */
bool chain_was_challenged(const RegChain *chain);
bool chain_has_credentials(const RegChain *chain);

/* Whether the request brought what its answer asks for: Authorization where a
 * 401 came, Proxy-Authorization where a 407 did. A proxy is content and the
 * registrar behind it asks for the first time: that is no refusal (RFC 3261
 * section 22.3). */
bool step_brought_credentials(const RegStep *step);

/* Steps as reg_step_is_rejection() means them, those that were forgotten too. */
unsigned chain_rejections(const RegChain *chain);

/* Whether the phone went on repeating the request of a transaction although its
 * answer was out, and longer than the answer may have taken: it did not get the
 * answer, or could not read it. */
bool txn_went_unheard(const RegChain *chain, const SipTxn *txn);

/* Whether the device tried again behind the end of this chain, under another
 * Call-ID: then what is missing here may stand there. */
bool chain_went_on(const RegChain *chain);

/* The first challenge of an answer and the first credentials of a request; all
 * STR_NONE without any. */
SipAuth message_challenge(const SipMessage *answer);
SipAuth message_credentials(const SipMessage *request);

/* Clients that cannot know their address, as in a browser, write a host that
 * does not exist (RFC 2606 section 2, RFC 7118 section 8). */
bool uri_is_placeholder(const SipUri *uri);

/* Cites the last request and its answer as "request" and "answer". */
void finding_cite_end(Finding *finding, const RegChain *chain, const char *expected);

/* Cites what a refusal says of itself beside its reason phrase: Warning,
 * P-Registrar-Error, Retry-After, Server and the first line of its body. */
void finding_cite_reasons(Finding *finding, const SipMessage *answer);
