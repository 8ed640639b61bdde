#pragma once

/*
 * The messages themselves, for a report in which they can be read.
 *
 * A verdict outlives the packets it is about: a chain's messages go when the
 * chain is judged. Who wants to show some of them at the end has to keep them
 * meanwhile, and cannot know yet which. So the newest messages are kept, of
 * any method, and beside them those of the attempts that a finding is about,
 * both up to a limit in bytes. A small capture is kept whole that way; of a
 * large one what the findings cite.
 */

#include "reg/chain.h"

/* One message that the report speaks of. */
typedef struct ReportMessage {
    CaptureRef ref; /* as it is cited */
    Nsec time;
    NetFlow flow;
    const SipMessage *message; /* NULL: 'text' is not what was captured */
    Str text;
} ReportMessage;

typedef struct ReportMessages ReportMessages;

ReportMessages *report_messages_new(void);
void report_messages_free(ReportMessages *messages);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportMessages, report_messages_free)

/* Keeps a reference for a while. */
void report_messages_add(ReportMessages *messages, SipMessage *message);

/* Somebody has something to say about this attempt. */
void report_messages_keep(ReportMessages *messages, const RegChain *chain);

/* Of what is kept, the messages that findings (of Finding) and the attempts of
 * devices (of RegDevice) name; those of findings first when there are too many,
 * but in the order of the frames. Of ReportMessage, which point into
 * 'messages'. 'left_out': how many were named and are not there. */
GArray *report_messages_select(const ReportMessages *messages, const GPtrArray *findings,
                               const GPtrArray *devices, uint64_t *left_out);
