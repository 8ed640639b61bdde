#pragma once

/*
 * Collects what belongs to no single device: facts about each capture, pairs
 * of hosts seen in one direction only, servers and whom they answer.
 */

#include "reg/site.h"
#include "reg/tracker.h"

typedef struct Sites Sites;

Sites *sites_new(void);
/* The packet goes to a server, from an address that nothing else of is known: what is lost
 * of it was no answer, and no request of a device that is known. */
bool sites_is_stranger(const Sites *sites, const NetFlow *flow);
void sites_limit(Sites *sites, const RegRoom *room);
void sites_free(Sites *sites);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sites, sites_free)

void sites_add_capture(Sites *sites, const CaptureInfo *info);
void sites_message(Sites *sites, const SipMessage *message);
void sites_event(Sites *sites, const NetEvent *event);
void sites_tls(Sites *sites, const NetMeta *meta);
void sites_vantage(Sites *sites, const SipTxn *txn, RegVantageVerdict verdict);

/* What the transactions of the same capture have shown up to now; what the
 * user said of the capture. REG_VANTAGE_UNKNOWN: nothing. */
RegVantage sites_vantage_so_far(const Sites *sites, const SipTxn *txn);
RegVantage sites_place(const Sites *sites, const SipTxn *txn);
RegVantage sites_place_at(const Sites *sites, CaptureRef ref);

/* Until when the captures of a place (CapturePlace) have been read; NSEC_NONE: there is none. */
Nsec sites_watched_until(const Sites *sites, uint32_t place);

/* Bit set, 1 << CapturePlace: the places whose captures cover this time. */
uint32_t sites_looked_on(const Sites *sites, Nsec from, Nsec until);

/* How far the clocks of the captures may be apart after all; NSEC_NONE: nobody knows. */
Nsec sites_clock_uncertainty(const Sites *sites);

/* The request and the first final answer of a REGISTER transaction. */
void sites_request(Sites *sites, const SipTxn *txn, const char *aor);
void sites_answer(Sites *sites, const SipTxn *txn);

/* This request could only be sent after an answer that the capture does not
 * hold; 'certain' when it proves that, and does not merely suggest it. */
void sites_witness(Sites *sites, const SipMessage *request, bool certain);

/* Whether one direction between these hosts is evidently not captured. */
bool sites_one_way(const Sites *sites, const NetFlow *hop);

/* Whether the server answered somebody else at or after 'since'. */
bool sites_server_answers_others(const Sites *sites, const NetFlow *hop, Nsec since);

/* Whether the server writes received= into answers to others than this client, unasked:
 * so it does compare Via with the source of a request (RFC 3261 section 18.2.1). */
bool sites_server_marks_others(const Sites *sites, const NetFlow *hop);

/* After this the sites can be visited. */
void sites_finish(Sites *sites, const NetStats *net);

/* Whether everything from this address is a scan: an account of it is no device. */
bool sites_is_scanner(const Sites *sites, const NetAddr *source);

/* Whether some REGISTER from this address was accepted. */
bool sites_registers(const Sites *sites, const NetAddr *source);

/* The same without an end: each site as it stands now. */
void sites_look(const Sites *sites, const NetStats *net,
                void (*visit)(const RegSite *site, void *user), void *user);

void sites_each(const Sites *sites, void (*visit)(const RegSite *site, void *user), void *user);
const RegCaptureSite *sites_capture(const Sites *sites, unsigned index);
unsigned sites_tables(const Sites *sites, CacheStats *tables, unsigned max);
