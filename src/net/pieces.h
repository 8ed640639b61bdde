#pragma once

/*
 * Pieces of something longer, put in order.
 *
 * Fragments of a datagram and segments of a stream arrive in any order, twice,
 * and overlapping. Of every byte the first copy is kept. Positions are counted
 * modulo 2^32, as TCP does (RFC 9293 section 3.4).
 */

#include "net/payload.h"

typedef struct NetPiece {
    struct NetPiece *next;
    NetMeta meta;
    uint32_t start;
    uint32_t len;      /* on the wire */
    uint32_t captured; /* how many of them are in 'bytes' */
    char bytes[];
} NetPiece;

/* In order, without overlap. All zero is empty. */
typedef struct NetPieces {
    NetPiece *first;
    unsigned count;
    size_t memory; /* bytes allocated */
} NetPieces;

typedef struct NetPiecesChange {
    uint32_t added; /* bytes that were not there yet */
    bool overlaps;  /* some were */
    bool differs;   /* and had another value */
    bool repeats;   /* the whole of it is one piece again, with the same bytes */
} NetPiecesChange;

/* Takes 'len' bytes at 'start', of which 'bytes' are the first that were
 * captured. The distance between any two pieces stays below 2^31. */
NetPiecesChange net_pieces_add(NetPieces *pieces, uint32_t start, uint32_t len, Str bytes,
                               const NetMeta *meta);

/* The first piece, the caller's to g_free(); NULL when there is none. */
NetPiece *net_pieces_pop(NetPieces *pieces);
void net_pieces_clear(NetPieces *pieces);

static inline Str net_piece_bytes(const NetPiece *piece)
{
    return (Str){ piece->bytes, piece->captured };
}

/* How far 'to' is behind 'from'; negative when it is before it. */
static inline int32_t net_pieces_distance(uint32_t from, uint32_t to)
{
    return (int32_t)(to - from);
}
