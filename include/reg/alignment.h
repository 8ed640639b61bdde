#pragma once

/*
 * Messages in, clocks out: how far the clocks of captures from several places are
 * apart, told by the REGISTERs and answers that both hold.
 *
 * For a first look at the captures, in any order: nothing is assumed about their
 * clocks yet.
 */

#include "capture/set.h"
#include "sip/message.h"

typedef struct RegAlignment RegAlignment;

RegAlignment *reg_alignment_new(void);
void reg_alignment_free(RegAlignment *alignment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RegAlignment, reg_alignment_free)

void reg_alignment_message(RegAlignment *alignment, const SipMessage *message);

/* The clock of 'there' against that of 'here', which is nearer to the phones; NULL:
 * no message was seen at both. */
CaptureClock *reg_alignment_fit(RegAlignment *alignment, CapturePlace here, CapturePlace there);

/* Whether REGISTERs evidently pass 'there' before they pass 'here': the packets are the
 * same, and their TTL falls that way. */
bool reg_alignment_is_reversed(RegAlignment *alignment, CapturePlace here, CapturePlace there);

/* From now on the times of a place are told by this clock, for the next one. */
void reg_alignment_mend(RegAlignment *alignment, CapturePlace place, const CaptureClock *clock);
