/*
 * What was captured, and how far it can be trusted.
 */

const PLACES = {
    client: 'Taken on the phone\u2019s side',
    middle: 'Taken on the path between phone and registrar',
    server: 'Taken on the registrar\u2019s side',
    unknown: 'It does not show where it was taken',
};

/* One statement about a capture; 'level' is good, doubt or bad. */
function trust(level, ...text) {
    const signs = { good: '\u2713', doubt: '?', bad: '!' };
    const names = { good: 'good', doubt: 'unknown', bad: 'caution' };
    return el(
        'li',
        { class: 'trust trust-' + level },
        el('span', { class: 'sign', 'aria-hidden': 'true' }, signs[level]),
        el('span', { class: 'visually-hidden' }, names[level] + ': '),
        el('span', null, text),
    );
}

function vantageOf(capture) {
    const because = capture.vantage_because ? [': ', wire(capture.vantage_because)] : [];
    return trust(
        capture.vantage === 'unknown' ? 'doubt' : 'good',
        PLACES[capture.vantage] || PLACES.unknown,
        because,
        '.',
    );
}

function dropsOf(capture) {
    if (capture.dropped === undefined) {
        return trust('doubt', 'The file does not say whether packets were dropped.');
    }
    return capture.dropped > 0
        ? trust(
              'bad',
              countText(capture.dropped, 'packet was', 'packets were') +
                  ' dropped while capturing.',
          )
        : trust('good', 'No packets were dropped while capturing.');
}

function clockOf(capture) {
    const offset = capture.clock_offset_seconds;
    if (offset === undefined) {
        return null;
    }
    return trust(
        'good',
        'Its clock is ' +
            secondsText(Math.abs(offset)) +
            (offset < 0 ? ' behind' : ' ahead') +
            ', which is taken into account' +
            (capture.clock_uncertainty_seconds === undefined
                ? '.'
                : ' (within ' + secondsText(capture.clock_uncertainty_seconds) + ').'),
    );
}

function statementsOf(capture) {
    return [
        vantageOf(capture),
        capture.complete
            ? trust('good', 'Read to its end.')
            : trust(
                  'bad',
                  'Reading stopped early: ',
                  wire(capture.stopped_because || 'the file is damaged'),
                  '.',
              ),
        dropsOf(capture),
        clockOf(capture),
        capture.cut_frames > 0 &&
            trust(
                'bad',
                countText(capture.cut_frames, 'frame was', 'frames were') +
                    ' cut by the snapshot length.',
            ),
        (capture.filters || []).map((filter) =>
            trust('doubt', 'Captured with the filter ', wire(filter, 'code'), '.'),
        ),
    ];
}

function periodText(capture) {
    if (capture.first === undefined) {
        return 'no packet';
    }
    const sameDay = dayText(capture.first) === dayText(capture.last);
    return (
        dayText(capture.first) +
        ' ' +
        clockText(capture.first, 0) +
        ' to ' +
        (sameDay ? '' : dayText(capture.last) + ' ') +
        clockText(capture.last, 0) +
        ' UTC (' +
        spanText(capture.last - capture.first) +
        ')'
    );
}

function captureCard(capture) {
    const format = [
        capture.format,
        capture.compression && '(' + capture.compression + ')',
        (capture.link_types || []).join(', '),
    ]
        .filter(Boolean)
        .join(' ');
    return el(
        'article',
        { class: 'capture' },
        el('h3', null, wire(capture.name, 'code')),
        el(
            'p',
            { class: 'quiet' },
            periodText(capture) +
                ', ' +
                countText(capture.packets, 'frame') +
                ', ' +
                bytesText(capture.bytes) +
                ', ' +
                format,
        ),
        el('ul', { class: 'trusts' }, statementsOf(capture)),
        (capture.comments || []).map((comment) =>
            el('p', { class: 'quiet' }, 'Comment in the file: ', wire(comment)),
        ),
    );
}

/* What was seen in all captures together, and what was lost on the way. */
function countsText() {
    const counts = whole.counts;
    const say = (n, one, many) => (n > 0 ? countText(n, one, many) : null);
    return (
        [
            countText(counts.sip_messages, 'SIP message'),
            countText(counts.register_requests, 'REGISTER request') +
                ' and ' +
                countText(counts.register_responses, 'answer') +
                ' to them',
            say(counts.retransmissions, 'retransmission'),
            say(
                counts.fragments_reassembled,
                'datagram put together from fragments',
                'datagrams put together from fragments',
            ),
            say(
                counts.duplicate_packets,
                'packet that the captures hold twice',
                'packets that the captures hold twice',
            ),
            say(
                counts.tls_records,
                'TLS record, which is not read',
                'TLS records, which are not read',
            ),
        ]
            .filter(Boolean)
            .join(', ') + '.'
    );
}

function lossesOf() {
    const counts = whole.counts;
    const forgotten = Object.values(counts.forgotten || {}).reduce((sum, n) => sum + n, 0);
    return [
        counts.stream_gaps > 0 &&
            trust('bad', countText(counts.stream_gaps, 'hole') + ' in TCP streams.'),
        counts.undecoded_packets > 0 &&
            trust(
                'doubt',
                countText(counts.undecoded_packets, 'frame') +
                    ' without an IP packet that can be read (ARP and the like).',
            ),
        forgotten > 0 &&
            trust(
                'bad',
                countText(forgotten, 'item was', 'items were') +
                    ' forgotten because a table was full: ' +
                    Object.keys(counts.forgotten).join(', ') +
                    '.',
            ),
    ].filter(Boolean);
}

function captureSection() {
    const losses = lossesOf();
    return el(
        'section',
        { class: 'panel', 'aria-labelledby': 'captures-title' },
        el('h2', { id: 'captures-title' }, 'What was captured, and how far it can be trusted'),
        el('div', { class: 'captures' }, captures.map(captureCard)),
        el('p', { class: 'quiet' }, countsText()),
        losses.length > 0 && el('ul', { class: 'trusts' }, losses),
    );
}
