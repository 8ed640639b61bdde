/*
 * The status codes, one row each: what a phone that registers is told by it,
 * what it should do, and what to look for when it does not.
 */

#include "rules/status.h"

#include <glib.h>

/* Sorted by code; a row of a class stands before the rows of its codes. */
static const RuleStatus rows[] = {
    { 100, "Trying", "the next hop has the request and works on it", "a final answer",
      "The next hop accepted the request and nobody behind it answered: look at what it forwards "
      "to. Few registrars send it (RFC 4320 forbids it at first).",
      "RFC 3261 section 21.1.1, RFC 4320 section 4.1" },
    { 200, "OK", "registered; the answer lists all bindings with the time that each has left",
      "a refresh before the own binding's time is over",
      "The binding lapses, and calls do not reach the device.", "RFC 3261 section 10.3 step 8" },
    { 300, "Multiple Choices", "the registrar is elsewhere, at one of the addresses in Contact",
      "a REGISTER to one of them", "The device ignores redirects.", "RFC 3261 section 8.1.3.4" },
    { 301, "Moved Permanently", "the registrar is at the address in Contact, from now on",
      "a REGISTER to that address, and a changed configuration",
      "The device ignores redirects: configure the new address.", "RFC 3261 section 21.3.2" },
    { 302, "Moved Temporarily", "the registrar is at the address in Contact for the time being",
      "a REGISTER to that address", "The device ignores redirects.", "RFC 3261 section 21.3.3" },
    { 305, "Use Proxy", "the way to the registrar leads through the proxy in Contact",
      "the same REGISTER through that proxy",
      "The device ignores redirects: configure the outbound proxy.", "RFC 3261 section 21.3.4" },
    { 400, "Bad Request", "the request itself is refused: its grammar, its CSeq, a wrong use of *",
      "a corrected request",
      "The reason phrase or a Warning often names the header. Compare with a capture beside the "
      "phone: a SIP ALG may have damaged the request.",
      "RFC 3261 section 21.4.1" },
    { 401, "Unauthorized", "credentials are asked for; after credentials: they are refused",
      "the same REGISTER with Authorization and a higher CSeq",
      "Without credentials before: the device has no password, or does not take the challenge "
      "for its own. After credentials: they are wrong, or the nonce was not accepted.",
      "RFC 3261 section 22.2" },
    { 402, "Payment Required", "reserved by the standard; used for accounts that are blocked",
      "nothing", "Ask whoever runs the registrar.", "RFC 3261 section 21.4.3" },
    { 403, "Forbidden",
      "understood and refused: the account, its password, the source address or the number of "
      "devices, as the registrar likes",
      "nothing: a device is not to repeat it unchanged",
      "403 alone never proves a wrong password. Before a challenge it cannot be about one.",
      "RFC 3261 section 21.4.4" },
    { 404, "Not Found", "the address of record in To does not exist at this registrar",
      "nothing: the account has to be corrected", "Compare user and domain with the server.",
      "RFC 3261 section 10.3 step 5" },
    { 405, "Method Not Allowed", "who answers is no registrar", "a REGISTER to the right server",
      "Address or port are those of something else: a phone, a gateway, a media server.",
      "RFC 3261 section 21.4.6" },
    { 406, "Not Acceptable", "no answer that the registrar can give fits the request's Accept",
      "a request without Accept", "Look at the Accept headers of the device.",
      "RFC 3261 section 21.4.7" },
    { 407, "Proxy Authentication Required", "a proxy on the way asks for credentials",
      "the same REGISTER with Proxy-Authorization and a higher CSeq",
      "The device has no credentials for the proxy, or they are refused.",
      "RFC 3261 section 22.3" },
    { 408, "Request Timeout", "a box on the way waited in vain for the next one",
      "another try, later", "Look at what is behind the box that sent it.",
      "RFC 3261 section 21.4.9, RFC 4320 section 4.2" },
    { 409, "Conflict",
      "what is asked for collides with something that exists, often the user part of Contact",
      "a request with another Contact", "The reason phrase has to tell what collides.",
      "RFC 2543 section 7.4.10" },
    { 410, "Gone", "the account existed and does no more", "nothing",
      "Ask whoever runs the registrar.", "RFC 3261 section 21.4.10" },
    { 413, "Request Entity Too Large", "the request is larger than the server takes",
      "a smaller request, after Retry-After if there is one",
      "Shorten Contact, Route and Supported, or the body.", "RFC 3261 section 21.4.11" },
    { 414, "Request-URI Too Long", "the Request-URI is longer than the server takes",
      "a request with a shorter one", "A REGISTER needs no more than sip: and the domain there.",
      "RFC 3261 section 21.4.12" },
    { 415, "Unsupported Media Type", "the request has a body that is not understood",
      "a request without a body", "A REGISTER needs none.", "RFC 3261 section 21.4.13" },
    { 416, "Unsupported URI Scheme", "the Request-URI is neither sip: nor one that is known",
      "a request with sip:", "Often sips: or tel: where the server has no TLS.",
      "RFC 3261 section 21.4.14" },
    { 420, "Bad Extension", "an extension that the request requires is not known",
      "the same without what Unsupported lists", "The device, or a proxy before it, insists on it.",
      "RFC 3261 section 21.4.15" },
    { 421, "Extension Required", "the registrar insists on an extension, named in Require",
      "the same with that extension", "The device does not know the extension.",
      "RFC 3261 section 21.4.16" },
    { 423, "Interval Too Brief", "the asked lifetime is shorter than Min-Expires",
      "the same with at least Min-Expires", "The device does not take the longer interval.",
      "RFC 3261 section 10.2.8" },
    { 430, "Flow Failed", "the connection to the device over which it registered is gone",
      "a registration over a new connection", "The device believes in a connection that is dead.",
      "RFC 5626 section 11.5" },
    { 439, "First Hop Lacks Outbound Support",
      "the device wants outbound (RFC 5626) and the first proxy cannot do it",
      "the same without reg-id, or through another proxy",
      "Switch outbound off on the device, or on in the edge proxy.", "RFC 5626 section 11.6" },
    { 480, "Temporarily Unavailable",
      "made for calls: who answers is no registrar, or routes the "
      "REGISTER like a call",
      "nothing", "Look at the routing of the server: REGISTER must not be forwarded as a call.",
      "RFC 3261 section 21.4.18" },
    { 481, "Call/Transaction Does Not Exist",
      "the request looks as if it belonged to something that the server does not know: a tag in "
      "To, or a CSeq out of order",
      "a REGISTER without a tag in To", "The device keeps the To tag of an old answer.",
      "RFC 3261 section 12.2.2" },
    { 482, "Loop Detected", "the request came to the same server twice", "nothing",
      "A proxy sends to itself: its list of own domains and aliases is incomplete. Or the request "
      "came by two ways at once.",
      "RFC 3261 sections 16.3 and 8.2.2.2" },
    { 483, "Too Many Hops", "the request was forwarded more often than Max-Forwards allows",
      "nothing", "A loop between proxies, or a Max-Forwards that is too small from the start.",
      "RFC 3261 section 21.4.21" },
    { 484, "Address Incomplete", "made for calls: who answers is no registrar", "nothing",
      "Look at the routing of the server: REGISTER must not be forwarded as a call.",
      "RFC 3261 section 21.4.22" },
    { 486, "Busy Here", "made for calls: who answers is no registrar", "nothing",
      "Address or port are those of a phone or of a media server.", "RFC 3261 section 21.4.24" },
    { 488, "Not Acceptable Here", "made for calls; some registrars say it of a domain or policy",
      "nothing", "Read the Warning.", "RFC 3261 section 21.4.26" },
    { 489, "Bad Event", "made for subscriptions: who answers is no registrar", "nothing",
      "Address or port are those of something else.", "RFC 6665 section 8.3.2" },
    { 494, "Security Agreement Required",
      "the proxy demands an agreement on IPsec or TLS (IMS), and lists what it takes",
      "the same with Security-Client, over what was agreed",
      "The device cannot do what Security-Server lists. What follows inside IPsec does not show.",
      "RFC 3329 section 2.3.1" },
    { 500, "Server Internal Error", "the server failed, or the CSeq was out of order",
      "another try, after Retry-After if there is one", "Look in the log of the server.",
      "RFC 3261 section 21.5.1" },
    { 501, "Not Implemented", "who answers is no registrar", "a REGISTER to the right server",
      "Address or port are those of something else.", "RFC 3261 section 21.5.2" },
    { 502, "Bad Gateway", "a server behind the one that answers gave nonsense",
      "another try, later", "Look at the server behind it.", "RFC 3261 section 21.5.3" },
    { 503, "Service Unavailable", "the server is overloaded, restarting, or has nobody behind it",
      "a REGISTER to the next server, or to this one after Retry-After",
      "The device did not fail over and did not come back.",
      "RFC 3261 section 21.5.4, RFC 3263 section 4.3" },
    { 504, "Server Time-out", "a server that this one needs did not answer in time",
      "another try, later", "Look at what is behind it: database, DNS, next proxy.",
      "RFC 3261 section 21.5.5" },
    { 505, "Version Not Supported", "the version in the request line is not SIP/2.0", "nothing",
      "The device writes a wrong request line.", "RFC 3261 section 21.5.6" },
    { 513, "Message Too Large", "the request is larger than the server takes", "a smaller request",
      "Shorten Contact, Route and Supported.", "RFC 3261 section 21.5.7" },
    { 600, "Busy Everywhere",
      "forbidden for a registrar: who answers takes the REGISTER for a call, or is no registrar",
      "nothing", "Look at who sends it.", "RFC 3261 section 10.3" },
    { 603, "Decline", "refused for good; a registrar should say 403", "nothing",
      "Read the reason phrase: limits and policies come that way.", "RFC 3261 section 21.6.2" },
    { 604, "Does Not Exist Anywhere",
      "the address of record exists nowhere; a registrar should "
      "say 404",
      "nothing: the account has to be corrected", "Compare user and domain with the server.",
      "RFC 3261 section 21.6.3" },
};

static const RuleStatus *find_row(unsigned code)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].code == code)
            return &rows[i];
    }
    return NULL;
}

const RuleStatus *rule_status_find(unsigned code)
{
    const RuleStatus *row = find_row(code);

    return row != NULL || code < 100 || code > 699 ? row : find_row(code / 100 * 100);
}
