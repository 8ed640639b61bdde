/*
 * The list of pieces. It is short, because both users bound its length, and
 * what arrives in order meets its end after one walk.
 */

#include "pieces.h"

#include <glib.h>

static NetPiece *make(uint32_t start, uint32_t len, Str bytes, const NetMeta *meta)
{
    uint32_t captured = (uint32_t)MIN(bytes.len, len);
    NetPiece *piece = g_malloc(sizeof(NetPiece) + captured);

    piece->next = NULL;
    piece->meta = *meta;
    piece->start = start;
    piece->len = len;
    piece->captured = captured;
    if (captured > 0)
        memcpy(piece->bytes, bytes.data, captured);
    return piece;
}

/* Bytes that were not captured cannot disagree. */
static bool agrees(const NetPiece *piece, uint32_t skip, uint32_t len, Str bytes)
{
    Str ours = str_first(str_from(net_piece_bytes(piece), skip), len);
    size_t shared = MIN(ours.len, bytes.len);

    return str_equal(str_first(ours, shared), str_first(bytes, shared));
}

static NetPiece *insert(NetPieces *pieces, NetPiece **at, NetPiece *piece)
{
    piece->next = *at;
    *at = piece;
    pieces->count++;
    pieces->memory += sizeof(NetPiece) + piece->captured;
    return piece;
}

NetPiecesChange net_pieces_add(NetPieces *pieces, uint32_t start, uint32_t len, Str bytes,
                               const NetMeta *meta)
{
    NetPiecesChange change = { 0 };
    uint32_t whole = len;
    NetPiece **at = &pieces->first;

    while (len > 0) {
        NetPiece *piece = *at;
        int32_t ahead = piece != NULL ? net_pieces_distance(start, piece->start) : INT32_MAX;
        uint32_t step;

        if (ahead > 0) { /* a hole, up to the next piece */
            step = MIN(len, (uint32_t)ahead);
            piece = insert(pieces, at, make(start, step, bytes, meta));
            change.added += step;
        } else if (net_pieces_distance(start, piece->start + piece->len) > 0) {
            uint32_t skip = start - piece->start;
            bool same = agrees(piece, skip, len, bytes);

            step = MIN(len, piece->len - skip);
            change.overlaps = true;
            change.differs |= !same;
            change.repeats = same && skip == 0 && step == whole && step == piece->len;
        } else {
            step = 0;
        }
        start += step;
        len -= step;
        bytes = str_from(bytes, step);
        at = &piece->next;
    }
    return change;
}

NetPiece *net_pieces_pop(NetPieces *pieces)
{
    NetPiece *piece = pieces->first;

    if (piece == NULL)
        return NULL;
    pieces->first = piece->next;
    pieces->count--;
    pieces->memory -= sizeof(NetPiece) + piece->captured;
    return piece;
}

void net_pieces_clear(NetPieces *pieces)
{
    while (pieces->first != NULL)
        g_free(net_pieces_pop(pieces));
}
