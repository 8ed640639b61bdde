#pragma once

/*
 * One SIP message with tokens in the place of names.
 */

#include "redact_names.h"
#include "sip/message.h"

void redact_message(ReportRedactor *redactor, GString *out, const SipMessage *message);
