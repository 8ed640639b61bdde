/*
 * The life of one registration as a swim lane: when it stood and could be
 * reached, and what was sent meanwhile. It zooms.
 */

const LANE_ROWS = ['State', 'REGISTER', 'Requests to it', 'Path'];
const LANE_TOP = 8;
const LANE_STEP = 34;
const LANE_HEIGHT = LANE_TOP + LANE_ROWS.length * LANE_STEP + 26;

/* Which row an event is marked in, as what. Attempts have marks of their own;
 * other events are in the timeline only. */
const LANE_MARKS = {
    lapsed: [1, 'bar', 'bad'],
    taken: [1, 'cross', 'bad'],
    inbound: [2, 'dot', 'good'],
    unreachable: [2, 'cross', 'bad'],
    registrar_forgot: [2, 'cross', 'bad'],
    keepalives: [3, 'tick', 'plain'],
    moved: [3, 'diamond', 'notable'],
    restarted: [3, 'diamond', 'plain'],
    disconnected: [3, 'cross', 'notable'],
    server_moved: [3, 'diamond', 'notable'],
    back: [3, 'dot', 'good'],
    name_refused: [3, 'cross', 'bad'],
    connection_refused: [3, 'cross', 'bad'],
    tls_failed: [3, 'cross', 'bad'],
};

const ATTEMPT_MARKS = {
    accepted: ['dot', 'good'],
    refused: ['cross', 'bad'],
    abandoned: ['ring', 'bad'],
    unanswered: ['ring', 'bad'],
    unknown: ['ring', 'plain'],
};

/* An attempt, or a run of alike ones, as something to mark. */
function markOfAttempt(attempt) {
    const [shape, kind] =
        attempt.purpose === 'remove' && attempt.outcome === 'accepted'
            ? ['bar', 'plain']
            : ATTEMPT_MARKS[attempt.outcome] || ATTEMPT_MARKS.unknown;
    const repeated = attempt.repeated > 1;
    return {
        row: 1,
        shape,
        kind,
        time: repeated ? attempt.first_opened : attempt.opened,
        until: repeated ? attempt.opened : undefined,
        count: attempt.repeated,
        ref: stepRefs(attempt)[0],
        text:
            (repeated ? numberText(attempt.repeated) + ' times: ' : '') +
            attemptTitle(attempt).slice(1).join(', '),
    };
}

function marksOf(device) {
    const events = device.timeline
        .filter((event) => LANE_MARKS[event.event])
        .map((event) => {
            const [row, shape, kind] = LANE_MARKS[event.event];
            return {
                row,
                shape,
                kind,
                time: event.time,
                until: event.until,
                count: event.count,
                text: event.text,
                ref: framesOfEvent(event)[0],
            };
        });
    const sent = device.attempts.filter((attempt) => !attempt.below);
    return sent.map(markOfAttempt).concat(events);
}

const MARK_PATHS = {
    dot: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z',
    ring: 'M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z',
    cross: 'M-4.5 -4.5L4.5 4.5M4.5 -4.5L-4.5 4.5',
    bar: 'M0 -8V8',
    tick: 'M0 -5V5',
    diamond: 'M0 -6L6 0L0 6L-6 0z',
};

function rowMiddle(row) {
    return LANE_TOP + row * LANE_STEP + LANE_STEP / 2;
}

function drawIntervals(svg, device, scale) {
    for (const interval of device.intervals) {
        const from = scale(interval.from);
        const until = scale(interval.until);
        const text =
            interval.state +
            ' ' +
            timeText(interval.from) +
            ' to ' +
            timeText(interval.until) +
            ', ' +
            spanText(interval.until - interval.from) +
            ' (' +
            (interval.opened_by || '') +
            ' \u2013 ' +
            (interval.closed_by || '') +
            ')';
        svg.appendChild(
            svgEl(
                'rect',
                {
                    class:
                        'interval fill-' +
                        (interval.state === 'unregistered' ? 'deregistered' : interval.state),
                    x: from,
                    width: Math.max(1, until - from),
                    y: rowMiddle(0) - 11,
                    height: 22,
                    tabindex: '0',
                    role: 'img',
                    'aria-label': text,
                },
                svgEl('title', null, text),
            ),
        );
        if (until - from > 8 * interval.state.length) {
            svg.appendChild(
                svgEl(
                    'text',
                    {
                        class: 'interval-label label-' + interval.state,
                        x: (from + until) / 2,
                        y: rowMiddle(0) + 4,
                        'text-anchor': 'middle',
                    },
                    interval.state,
                ),
            );
        }
    }
}

/* Of a run only the first, the last and the number are known: between them the
 * marks stand evenly, and a line shows that. */
function placesOfRun(mark, scale) {
    const from = scale(mark.time);
    const until = mark.until === undefined ? from : scale(mark.until);
    const n = mark.count || 1;
    if (n < 2 || until - from < 2) {
        return [from];
    }
    const shown = Math.min(n, Math.max(2, Math.floor((until - from) / 9)));
    return Array.from({ length: shown }, (unused, i) => from + ((until - from) * i) / (shown - 1));
}

function markName(mark) {
    return (
        timeText(mark.time) +
        (mark.until > mark.time ? ' to ' + timeText(mark.until) : '') +
        ': ' +
        visibleLine(mark.text)
    );
}

function drawMark(svg, device, mark, scale) {
    const places = placesOfRun(mark, scale);
    const y = rowMiddle(mark.row);
    const group = svgEl(
        'g',
        {
            class: 'lane-mark mark-' + mark.shape + ' mark-' + mark.kind,
            tabindex: '0',
            role: mark.ref ? 'button' : 'img',
            'aria-label': markName(mark),
        },
        svgEl('title', null, markName(mark)),
    );
    if (places.length > 1) {
        group.appendChild(
            svgEl('line', {
                class: 'run',
                x1: places[0],
                x2: places[places.length - 1],
                y1: y,
                y2: y,
            }),
        );
    }
    for (const x of places) {
        group.appendChild(
            svgEl('path', {
                d: MARK_PATHS[mark.shape],
                transform: 'translate(' + x.toFixed(1) + ' ' + y + ')',
            }),
        );
    }
    if (mark.ref) {
        pressable(group, () => {
            location.hash = routeOfDevice(device, mark.ref);
        });
    }
    svg.appendChild(group);
}

function drawLaneAxis(svg, view, scale, left, width) {
    const { ticks, digits, days } = ticksOf(
        view.from,
        view.until,
        Math.max(2, (width - left) / 120),
    );
    for (const tick of ticks) {
        const x = scale(tick);
        svg.appendChild(
            svgEl('line', { class: 'grid', x1: x, x2: x, y1: LANE_TOP, y2: LANE_HEIGHT - 20 }),
        );
        if (x > left + 28 && x < width - 28) {
            svg.appendChild(
                svgEl(
                    'text',
                    { class: 'tick', x, y: LANE_HEIGHT - 5, 'text-anchor': 'middle' },
                    days ? dayText(tick) : clockText(tick, digits),
                ),
            );
        }
    }
}

/* Dragging chooses what to zoom to. */
function laneDrag(svg, toTime, left, onZoom) {
    let begun = null;
    const shade = svgEl('rect', {
        class: 'brush',
        y: LANE_TOP,
        height: LANE_ROWS.length * LANE_STEP,
        width: 0,
    });
    const at = (event) => Math.max(left, event.clientX - svg.getBoundingClientRect().left);
    svg.appendChild(shade);
    svg.addEventListener('pointerdown', (event) => {
        begun = at(event);
    });
    svg.addEventListener('pointermove', (event) => {
        if (begun !== null && Math.abs(at(event) - begun) > 4) {
            svg.setPointerCapture(event.pointerId);
            dress(shade, { x: Math.min(begun, at(event)), width: Math.abs(at(event) - begun) });
        }
    });
    svg.addEventListener('pointerup', (event) => {
        const [from, until] = [begun, at(event)].sort((a, b) => a - b);
        begun = null;
        if (until - from > 6) {
            onZoom(toTime(from), toTime(until));
        }
    });
}

function swimLane(device) {
    const all = laneSpan(device);
    const marks = marksOf(device);
    const view = Object.assign({}, all);
    const frame = el('div', { class: 'lane' });
    const showPart = (from, until) => {
        const span = Math.min(all.until - all.from, Math.max(1e3, until - from));
        view.from = Math.max(all.from, Math.min(from, all.until - span));
        view.until = view.from + span;
        draw();
    };
    const zoom = (factor) => {
        const middle = (view.from + view.until) / 2;
        const half = ((view.until - view.from) / 2) * factor;
        showPart(middle - half, middle + half);
    };
    const pan = (share) =>
        showPart(
            view.from + (view.until - view.from) * share,
            view.until + (view.until - view.from) * share,
        );
    const keys = {
        '+': () => zoom(0.5),
        '=': () => zoom(0.5),
        '-': () => zoom(2),
        0: () => showPart(all.from, all.until),
        ArrowLeft: () => pan(-0.25),
        ArrowRight: () => pan(0.25),
    };
    const draw = () => {
        const width = Math.max(280, frame.clientWidth);
        const left = width < 560 ? 4 : 116;
        const scale = (time) =>
            left + ((width - left - 8) * (time - view.from)) / (view.until - view.from);
        const toTime = (x) =>
            view.from + ((view.until - view.from) * (x - left)) / (width - left - 8);
        const svg = svgEl('svg', {
            width,
            height: LANE_HEIGHT,
            role: 'group',
            tabindex: '0',
            'aria-label':
                'Life of the registration. Plus and minus zoom, left and right move, 0 shows all.',
            onkeydown: (event) => {
                if (keys[event.key]) {
                    event.preventDefault();
                    keys[event.key]();
                    refocus(frame);
                }
            },
        });
        const inner = svgEl('svg', {
            x: left,
            width: width - left,
            height: LANE_HEIGHT,
            viewBox: left + ' 0 ' + (width - left) + ' ' + LANE_HEIGHT,
        });
        drawLaneAxis(svg, view, scale, left, width);
        LANE_ROWS.forEach(
            (name, row) =>
                (left > 100 || row > 0) &&
                svg.appendChild(
                    svgEl(
                        'text',
                        { class: 'lane-label', x: 0, y: rowMiddle(row) + (left > 100 ? 4 : -9) },
                        name,
                    ),
                ),
        );
        drawIntervals(inner, device, scale);
        marks.forEach((mark) => drawMark(inner, device, mark, scale));
        svg.appendChild(inner);
        laneDrag(svg, toTime, left, showPart);
        clear(frame).appendChild(svg);
    };
    const button = (text, label, action) =>
        el('button', { type: 'button', class: 'tool', 'aria-label': label, onclick: action }, text);
    const node = el(
        'section',
        { class: 'panel', 'aria-labelledby': 'lane-title' },
        el(
            'div',
            { class: 'panel-head' },
            el('h2', { id: 'lane-title' }, 'Over time'),
            el(
                'div',
                { class: 'tools' },
                button('\u2212', 'Zoom out', () => zoom(2)),
                button('+', 'Zoom in', () => zoom(0.5)),
                button('All', 'Show all', () => showPart(all.from, all.until)),
            ),
        ),
        laneLegend(device),
        frame,
    );
    return { node, drawn: draw };
}

function refocus(frame) {
    frame.querySelector('svg').focus();
}

/* From its first sign to the end, with a little room. */
function laneSpan(device) {
    const times = device.intervals
        .flatMap((interval) => [interval.from, interval.until])
        .concat(
            device.timeline.flatMap((event) => [
                event.time,
                event.until === undefined ? event.time : event.until,
            ]),
        )
        .concat([device.first_seen, device.last_seen])
        .filter((time) => time !== undefined);
    const from = Math.min(...times);
    const until = Math.max(...times, from + 1e3);
    const room = (until - from) * 0.01;
    return { from: from - room, until: until + room };
}

function laneLegend(device) {
    const states = [...new Set(device.intervals.map((interval) => interval.state))];
    return el(
        'ul',
        { class: 'legend' },
        states.map((state) =>
            el(
                'li',
                null,
                el('i', {
                    class: 'fill-' + (state === 'unregistered' ? 'deregistered' : state),
                    'aria-hidden': 'true',
                }),
                state,
            ),
        ),
        el('li', { class: 'quiet' }, 'Drag to zoom.'),
    );
}
