#pragma once

/*
 * What is wrong with a message, in words that finish a sentence. A message that
 * the capture itself cut has no defects: nobody knows what it was like.
 */

#include "sip/message.h"

/* Of a REGISTER, for whoever receives it; NULL: it looks sound. */
const char *defect_of_request(const SipMessage *request);

/* Of an answer, for the phone that sent 'request'; NULL: it looks sound. */
const char *defect_of_answer(const SipMessage *request, const SipMessage *answer);
