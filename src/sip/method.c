/*
 * The names of methods. They are compared letter by letter: "register" is a
 * method that nobody knows (RFC 3261 section 7.1).
 */

#include "sip/message.h"

static const Str names[] = {
    [SIP_METHOD_REGISTER] = { "REGISTER", 8 },
    [SIP_METHOD_OPTIONS] = { "OPTIONS", 7 },
    [SIP_METHOD_INVITE] = { "INVITE", 6 },
    [SIP_METHOD_ACK] = { "ACK", 3 },
    [SIP_METHOD_BYE] = { "BYE", 3 },
    [SIP_METHOD_CANCEL] = { "CANCEL", 6 },
    [SIP_METHOD_SUBSCRIBE] = { "SUBSCRIBE", 9 },
    [SIP_METHOD_NOTIFY] = { "NOTIFY", 6 },
    [SIP_METHOD_PUBLISH] = { "PUBLISH", 7 },
    [SIP_METHOD_MESSAGE] = { "MESSAGE", 7 },
    [SIP_METHOD_INFO] = { "INFO", 4 },
    [SIP_METHOD_PRACK] = { "PRACK", 5 },
    [SIP_METHOD_UPDATE] = { "UPDATE", 6 },
    [SIP_METHOD_REFER] = { "REFER", 5 },
};

/* The first letter is looked at first: it tells most of them apart without a call. */
SipMethod sip_method_of(Str name)
{
    for (unsigned i = SIP_METHOD_REGISTER; name.len > 0 && i < G_N_ELEMENTS(names); i++) {
        if (name.data[0] == names[i].data[0] && str_equal(name, names[i]))
            return (SipMethod)i;
    }
    return SIP_METHOD_OTHER;
}

const char *sip_method_name(SipMethod method)
{
    bool known = method > SIP_METHOD_OTHER && method < G_N_ELEMENTS(names);

    return known ? names[method].data : "OTHER";
}
