#pragma once

/*
 * A crowd in the making: devices that fail in one way while nobody succeeds.
 */

#include "reg/device.h"
#include "reg/site.h"

typedef enum FailureKind {
    FAILURE_SILENCE,
    FAILURE_SERVER, /* 408 and 5xx */
    FAILURE_STATUS, /* any other refusal, of devices that were accepted before */
} FailureKind;

#define FAILURE_KINDS 3

/* An attempt to register that failed. */
typedef struct Failure {
    FailureKind kind;
    uint16_t status;
    const RegDevice *device;
    NetEndpoint client; /* beside the device: a gateway's accounts share it */
    NetEndpoint server;
    NetAddr address; /* public, as far as it is known */
    Nsec from;       /* the last request of the attempt, and its last copy or answer */
    Nsec until;
    CaptureRef ref;
    bool explained; /* by the registrar's host itself */
    bool server_answers_others;
    uint32_t losses;
} Failure;

/* What failed of a device, for a device that is no scanner; false: nothing, or
 * nothing that a crowd could have in common. */
bool failure_of(const RegChain *chain, Failure *failure);

/* The public address that its device comes from, as far as it is known. */
NetAddr failure_address(const RegChain *chain);

typedef struct Crowd {
    RegCrowd public;
    bool at_server;         /* nobody succeeded at that registrar; else nobody from that address */
    bool silent;            /* not to be told */
    struct Member *members; /* REG_CROWD_DEVICES at most */
} Crowd;

/* Adds it to '*crowd', which is made when it is NULL. */
void crowd_add(Crowd **crowd, const Failure *failure);
void crowd_free(Crowd *crowd);
size_t crowd_bytes(const Crowd *crowd); /* NULL: none */

/* Different devices enough to speak of one cause. */
bool crowd_is_one(const Crowd *crowd);

/* Whether a device had failed before that time already, without success since:
 * then it does so for a reason of its own. */
bool crowd_failed_before(const RegDevice *device, Nsec time);

/* At the end: leaves out who went on failing when others succeeded again, and
 * names some of the others. 'device_of' gives NULL for who was forgotten. */
void crowd_settle(Crowd *crowd, const RegDevice *(*device_of)(uint64_t id, void *user), void *user);
