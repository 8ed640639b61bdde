#pragma once

/*
 * What became of a registration between its REGISTER requests: whether the
 * device could be reached, over which address, and who else took its place.
 *
 * "Outside" is what is seen beyond the device's NAT, "inside" what is seen
 * beside the device. A capture may hold either or both.
 */

#include "reg/below.h"
#include "reg/nat.h"
#include "sip/message.h"

/* Where a request for the device was sent. */
typedef enum RegWay {
    REG_WAY_FLOW,         /* back over the path that the device registered on */
    REG_WAY_OTHER_SOURCE, /* to the address it registered from, but from another host or port */
    REG_WAY_OLD_FLOW,     /* to an address that it registered from before */
    REG_WAY_CONTACT,      /* to the address in its Contact, which is another */
} RegWay;

/* A request for the device, on its way to it. */
typedef struct RegInbound {
    SipMethod method;
    RegWay way;
    NetTransport transport;
    NetEndpoint from;
    NetEndpoint to;
    Nsec sent; /* the first copy */
    Nsec last_sent;
    Nsec answered;   /* the final answer of the device; NSEC_NONE */
    uint16_t status; /* 0: no final answer */
    uint16_t copies; /* beyond the first */
    CaptureRef request;
    CaptureRef last; /* the last copy */
    CaptureRef answer;
    Nsec quiet;        /* how long nothing at all had passed on that path; NSEC_NONE: not known */
    Nsec unheard;      /* how long nothing had come from the device */
    bool seen_outside; /* on a hop beyond the NAT ... */
    bool seen_inside;  /* ... and beside the device */
    uint8_t icmp_type; /* of an error that quotes it; with 'icmp' */
    uint8_t icmp_code;
    CaptureRef icmp; /* frame 0: there was none */
    NetAddr icmp_reporter;
} RegInbound;

/* A time in which requests for a bound device got no answer. */
typedef struct RegOutage {
    RegInbound first; /* the first request without an answer, and the newest */
    RegInbound last;
    uint32_t requests;
    Nsec worked_until; /* the last sign that the path was open */
    CaptureRef worked_ref;
    Nsec back; /* the device's next packet; NSEC_NONE: none came */
    CaptureRef back_ref;
    bool back_registers; /* that packet is a REGISTER */
    bool back_moved;     /* and comes from another public port or address */
    Nsec works;          /* the next request that was answered; NSEC_NONE: none was sent */
    CaptureRef works_ref;
    bool inside_silent; /* the capture also shows the inside, where none of them arrived */
    bool bound;         /* the binding stood all the while */
    bool streamed;      /* packets had certainly passed both ways for longer before */
    bool measured;      /* the bounds of the NAT know of it */
    bool cut;           /* the capture ends before the requests were given up */
    uint32_t losses;    /* of RegLoss */
} RegOutage;

/* Whether it shows that the device could not be reached: its own server sent more than once
 * to where the device is, nothing was lost that the capture should hold, and it looked on. */
bool reg_outage_is_proof(const RegOutage *outage);

/* The device began to come from another address or port. */
typedef enum RegMoveKind {
    REG_MOVE_MAPPING, /* its own port is the same: the NAT gave it another one */
    REG_MOVE_ADDRESS, /* the NAT's address is another */
    REG_MOVE_DEVICE,  /* its own address or port is another: restart, DHCP, new socket */
    REG_MOVE_STREAM,  /* a new connection */
} RegMoveKind;

typedef struct RegMove {
    RegMoveKind kind;
    NetEndpoint from;
    NetEndpoint to;
    Nsec time;
    Nsec quiet;        /* how long the path had been silent before; NSEC_NONE: not known */
    CaptureRef before; /* the last packet over the old one */
    CaptureRef after;  /* that shows the new one */
    bool told;         /* by received and rport of an answer, not by the packets themselves */
} RegMove;

/* The connection that carried the registration ended. */
typedef struct RegDisconnect {
    Nsec time;
    CaptureRef ref;
    bool reset;     /* RST, else FIN */
    bool by_server; /* who sent it */
    Nsec over;      /* the device's next REGISTER; NSEC_NONE: none */
} RegDisconnect;

/* A registrar refused to deliver although the binding stood. */
typedef struct RegForgotten {
    uint32_t count;
    SipMethod method; /* of the first request */
    uint16_t status;
    CaptureRef request;
    CaptureRef answer;
    Nsec time;
    Nsec last;
    Nsec until;         /* until when the newest binding had been granted */
    CaptureRef granted; /* by this answer */
} RegForgotten;

/* Another device of the account took the place of this one's binding. */
typedef struct RegEviction {
    uint32_t count;   /* how often this device lost its place that way */
    uint64_t by;      /* RegDevice.id of the newest that took it */
    CaptureRef first; /* the 2xx that lists the other one only */
    CaptureRef last;
    Nsec first_time;
    Nsec last_time;
} RegEviction;

/* The registrar answered at one address, fell silent there, and answers at another. */
typedef struct RegServerMove {
    NetEndpoint from;
    NetEndpoint to;
    Nsec worked; /* the last answer at 'from' */
    CaptureRef worked_ref;
    Nsec silent; /* the first request there without one */
    CaptureRef silent_ref;
    Nsec moved; /* the first answer at 'to' */
    CaptureRef moved_ref;
} RegServerMove;

/* What keeps the path open between two REGISTERs. */
typedef struct RegTraffic {
    Nsec longest;           /* the longest silence on the path while it was bound; NSEC_NONE */
    Nsec longest_from;      /* it began here */
    CaptureRef longest_ref; /* the packet that ended it; frame 0: the capture's end */
    Nsec longest_unheard;   /* the same for packets of the device alone */
    bool server_only;       /* what passes between are the server's packets, and the device never
                               answers them: the mapping lives if the NAT counts them */
    uint64_t kinds[6];      /* SipKeepalive, in either direction */
    uint64_t pings;         /* empty TCP segments of a connection that is kept alive */
    uint32_t flow_timer;    /* seconds, of the newest 2xx (RFC 5626 section 4.4.1); 0: none */
    uint32_t keep;          /* seconds, from the Via of an answer (RFC 6223); 0: none */
} RegTraffic;

/* Renewals that each asked for less than the one before. */
typedef struct RegSpiral {
    uint32_t falls; /* 0: it does not fall */
    uint32_t first; /* seconds asked at the beginning, and now */
    uint32_t newest;
    CaptureRef first_ref;
    CaptureRef newest_ref;
    Nsec first_time;
    Nsec newest_time;
} RegSpiral;

#define REG_OUTAGES 8
#define REG_MOVES 8

/* All counts from the beginning; the lists hold the newest, in time order. A NULL
 * pointer: nothing of the kind was seen. */
typedef struct RegLife {
    const RegNat *nat; /* between device and server */
    Nsec covered;      /* time in which the path was certainly open while bound */
    RegTraffic traffic;
    RegSpiral spiral;

    uint64_t inbound_answered;
    uint64_t inbound_unanswered;
    const RegInbound *answered; /* the newest */
    Nsec first_answered;        /* when the first one was; with 'answered' */
    bool answered_alike;        /* all of them had the method of the newest */
    unsigned n_outages;
    const RegOutage *outages;
    uint64_t outages_forgotten;
    Nsec dark_before; /* time of outages that are no longer kept */

    unsigned n_moves;
    const RegMove *moves;
    uint64_t moves_forgotten;
    uint64_t n_mapping_moves; /* of the kinds MAPPING and ADDRESS */

    const RegDisconnect *disconnect; /* the newest */
    const RegForgotten *forgotten;
    const RegEviction *evicted;
    const RegServerMove *server_move;
    uint32_t boots;    /* restarts: a new Call-ID and From tag, from another port or with another
                          Contact */
    CaptureRef booted; /* the newest one's REGISTER */
    Nsec booted_time;

    Nsec steady; /* the first 2xx after the newest trouble with a REGISTER; NSEC_NONE: there was
                    none, or it goes on */
    CaptureRef steady_ref;
} RegLife;
