/*
 * Registrations, failures and devices out of reach, over time. Dragging over
 * the plot, or the arrow keys on it, choose a time; the list below then shows
 * who was in trouble in it.
 */

const PLOT_HEIGHT = 190;
const PLOT_LEFT = 44;
const PLOT_RIGHT = 12;
const UPPER = { top: 14, bottom: 92 };
const LOWER = { top: 112, bottom: 164 };
const STEPS = 360;

/* How many devices were in each state at STEPS instants. */
function countIntervals() {
    const names = ['registered', 'unreachable', 'lapsed'];
    const changes = names.map(() => new Int32Array(STEPS + 2));
    const stepOf = (time) =>
        Math.max(
            0,
            Math.min(
                STEPS,
                Math.round(((time - period.from) / (period.until - period.from)) * STEPS),
            ),
        );
    for (const device of devices) {
        const life = device.life || [];
        for (let i = 0; i < life.length; i += 3) {
            const which = names.indexOf(life[i]);
            if (which >= 0) {
                changes[which][stepOf(life[i + 1])]++;
                changes[which][Math.max(stepOf(life[i + 2]), stepOf(life[i + 1]) + 1)]--;
            }
        }
    }
    const rows = changes.map((change) => {
        let sum = 0;
        return Array.from(change.subarray(0, STEPS), (difference) => (sum += difference));
    });
    return { registered: rows[0], unreachable: rows[1], lapsed: rows[2] };
}

/* A round number of microseconds that divides the width well. */
function tickStep(span, wanted) {
    const steps = [
        1e3,
        2e3,
        5e3,
        1e4,
        2e4,
        5e4,
        1e5,
        2e5,
        5e5,
        1e6,
        2e6,
        5e6,
        10e6,
        15e6,
        30e6,
        60e6,
        120e6,
        300e6,
        600e6,
        900e6,
        1800e6,
        3600e6,
        7200e6,
        14400e6,
        21600e6,
        43200e6,
        DAY_US,
    ];
    return (
        steps.find((step) => span / step <= wanted) || DAY_US * Math.ceil(span / DAY_US / wanted)
    );
}

/* Instants on round clock times. */
function ticksOf(from, until, wanted) {
    const step = tickStep(until - from, wanted);
    const origin = (BEGIN_MS % 86400000) * 1000 + BEGIN_REST_US;
    const ticks = [];
    for (
        let t = Math.ceil((from + origin) / step) * step - origin;
        t <= until && ticks.length < 50;
        t += step
    ) {
        ticks.push(t);
    }
    return { ticks, digits: step < 1e6 ? 3 : 0, days: step >= DAY_US };
}

function stepPath(values, x, y) {
    let path = 'M' + x(0) + ' ' + y(0);
    values.forEach((value, i) => {
        path += 'V' + y(value) + 'H' + x(i + 1);
    });
    return path + 'V' + y(0) + 'Z';
}

function drawAxis(svg, scale, width) {
    const { ticks, digits, days } = ticksOf(period.from, period.until, Math.max(2, width / 130));
    for (const tick of ticks) {
        const at = scale(tick);
        svg.appendChild(
            svgEl('line', { class: 'grid', x1: at, x2: at, y1: UPPER.top, y2: LOWER.bottom }),
        );
        if (at > PLOT_LEFT + 10 && at < width - 34) {
            svg.appendChild(
                svgEl(
                    'text',
                    { class: 'tick', x: at, y: PLOT_HEIGHT - 6, 'text-anchor': 'middle' },
                    days ? dayText(tick) : clockText(tick, digits),
                ),
            );
        }
    }
}

function drawLevels(svg, box, most) {
    for (const value of most > 1 ? [0, most] : [most]) {
        const y = box.bottom - (box.bottom - box.top) * (most > 0 ? value / most : 0);
        svg.appendChild(svgEl('line', { class: 'grid', x1: PLOT_LEFT, x2: '100%', y1: y, y2: y }));
        svg.appendChild(
            svgEl(
                'text',
                { class: 'tick', x: PLOT_LEFT - 6, y: y + 4, 'text-anchor': 'end' },
                numberText(value),
            ),
        );
    }
}

function drawStates(svg, width, counted) {
    const most = Math.max(
        1,
        ...counted.registered.map((n, i) => n + counted.unreachable[i] + counted.lapsed[i]),
    );
    const x = (i) => (PLOT_LEFT + ((width - PLOT_LEFT - PLOT_RIGHT) * i) / STEPS).toFixed(1);
    const y = (n) => (UPPER.bottom - ((UPPER.bottom - UPPER.top) * n) / most).toFixed(1);
    const stacked = ['registered', 'unreachable', 'lapsed'];
    const below = new Array(STEPS).fill(0);
    const sums = stacked.map((name) => counted[name].map((n, i) => (below[i] += n)));
    drawLevels(svg, UPPER, most);
    stacked
        .slice()
        .reverse()
        .forEach((name, i) =>
            svg.appendChild(
                svgEl('path', {
                    class: 'area fill-' + name,
                    d: stepPath(sums[stacked.length - 1 - i], x, y),
                }),
            ),
        );
    svg.appendChild(
        svgEl('text', { class: 'plot-label', x: PLOT_LEFT + 4, y: UPPER.top - 3 }, 'Devices'),
    );
}

/* As many bars as there is room for; failures hang from the top of successes. */
function drawAttempts(svg, width, scale) {
    const activity = whole.activity;
    const room = width - PLOT_LEFT - PLOT_RIGHT;
    const slotWidth = (room * activity.width) / (period.until - period.from);
    const join = Math.max(1, Math.ceil(3 / slotWidth));
    const bars = [];
    for (let i = 0; i < activity.accepted.length; i += join) {
        const sum = (list) => list.slice(i, i + join).reduce((a, b) => a + b, 0);
        bars.push({
            time: activity.from + i * activity.width,
            good: sum(activity.accepted),
            bad: sum(activity.failed),
        });
    }
    const most = Math.max(1, ...bars.map((bar) => bar.good + bar.bad));
    const height = (n) => ((LOWER.bottom - LOWER.top) * n) / most;
    drawLevels(svg, LOWER, most);
    for (const bar of bars) {
        const x = Math.min(scale(bar.time), width - PLOT_RIGHT - 3).toFixed(1);
        const wide = Math.min(14, Math.max(2, slotWidth * join - 1)).toFixed(1);
        for (const [n, from, name] of [
            [bar.good, 0, 'accepted'],
            [bar.bad, bar.good, 'failed'],
        ]) {
            if (n > 0) {
                svg.appendChild(
                    svgEl('rect', {
                        class: 'bar-' + name,
                        x,
                        width: wide,
                        y: (LOWER.bottom - height(from + n)).toFixed(1),
                        height: Math.max(1.5, height(n)).toFixed(1),
                    }),
                );
            }
        }
    }
    svg.appendChild(
        svgEl(
            'text',
            { class: 'plot-label', x: PLOT_LEFT + 4, y: LOWER.top - 3 },
            'Attempts to register',
        ),
    );
}

function plotSummary(counted) {
    const total = (list) => list.reduce((a, b) => a + b, 0);
    const activity = whole.activity;
    return (
        (activity
            ? countText(total(activity.accepted), 'registration') +
              ' accepted, ' +
              numberText(total(activity.failed)) +
              ' failed. '
            : '') +
        'At most ' +
        countText(Math.max(0, ...counted.registered), 'device') +
        ' registered and ' +
        Math.max(0, ...counted.unreachable) +
        ' unreachable at one time.'
    );
}

/* The chosen time, as the reader drags it. */
function makeBrush(filter, toTime, toX, onChange) {
    const shade = svgEl('rect', {
        class: 'brush',
        y: UPPER.top,
        height: LOWER.bottom - UPPER.top,
        x: 0,
        width: 0,
    });
    const cover = (a, b) =>
        dress(shade, { x: Math.min(toX(a), toX(b)), width: Math.abs(toX(b) - toX(a)) });
    let begun = null;
    const at = (event) =>
        toTime(event.clientX - shade.ownerSVGElement.getBoundingClientRect().left);
    if (filter.from !== undefined) {
        cover(filter.from, filter.until);
    }
    return {
        shade,
        down: (event) => {
            begun = at(event);
            event.currentTarget.setPointerCapture(event.pointerId);
            cover(begun, begun);
        },
        move: (event) => begun !== null && cover(begun, at(event)),
        up: (event) => {
            const from = Math.min(begun, at(event));
            const until = Math.max(begun, at(event));
            begun = null;
            onChange(toX(until) - toX(from) < 4 ? null : { from, until });
        },
    };
}

/* Left and right move the chosen time, with Shift they widen it. */
function brushByKey(filter, event, onChange) {
    const span = period.until - period.from;
    const now =
        filter.from === undefined
            ? { from: period.from, until: period.from + span / 10 }
            : { from: filter.from, until: filter.until };
    const move = ((event.key === 'ArrowRight' ? 1 : -1) * span) / 50;
    if (event.key === 'Escape') {
        onChange(null);
    } else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
        const from =
            event.shiftKey || filter.from === undefined
                ? now.from
                : Math.max(period.from, now.from + move);
        onChange({
            from,
            until: Math.min(
                period.until,
                Math.max(from + span / 100, now.until + (filter.from === undefined ? 0 : move)),
            ),
        });
    } else {
        return;
    }
    event.preventDefault();
}

function chooseTime(filter, chosen) {
    location.hash = routeOfFilter(
        Object.assign({}, filter, { from: undefined, until: undefined }, chosen || {}),
    );
}

function plotLegend() {
    const entry = (kind, text) =>
        el('li', null, el('i', { class: kind, 'aria-hidden': 'true' }), text);
    return el(
        'ul',
        { class: 'legend' },
        entry('fill-registered', 'registered'),
        entry('fill-unreachable', 'unreachable'),
        entry('fill-lapsed', 'lapsed'),
        entry('bar-accepted', 'attempt accepted'),
        entry('bar-failed', 'attempt failed'),
    );
}

function activitySection(filter) {
    const counted = countIntervals();
    const frame = el('div', { class: 'plot' });
    const onChange = (chosen) => chooseTime(filter, chosen);
    const draw = () => {
        const width = Math.max(240, frame.clientWidth);
        const room = width - PLOT_LEFT - PLOT_RIGHT;
        const scale = (time) =>
            PLOT_LEFT + (room * (time - period.from)) / (period.until - period.from);
        const toTime = (x) =>
            period.from +
            (period.until - period.from) * Math.max(0, Math.min(1, (x - PLOT_LEFT) / room));
        const brush = makeBrush(filter, toTime, scale, onChange);
        const svg = svgEl('svg', {
            width,
            height: PLOT_HEIGHT,
            role: 'img',
            tabindex: '0',
            id: 'activity',
            'aria-label':
                'Devices and attempts over time. ' +
                plotSummary(counted) +
                ' Left and right choose a time, Escape ends that.',
            onpointerdown: brush.down,
            onpointermove: brush.move,
            onpointerup: brush.up,
            onkeydown: (event) => brushByKey(filter, event, onChange),
        });
        drawAxis(svg, scale, width);
        drawStates(svg, width, counted);
        if (whole.activity) {
            drawAttempts(svg, width, scale);
        }
        svg.appendChild(brush.shade);
        clear(frame).appendChild(svg);
    };
    const chosen =
        filter.from === undefined
            ? el(
                  'p',
                  { class: 'quiet' },
                  'Drag over the plot to choose a time; the list then has who was in trouble in it.',
              )
            : el(
                  'p',
                  null,
                  'Chosen: ' + timeText(filter.from) + ' to ' + timeText(filter.until) + ' UTC. ',
                  el(
                      'a',
                      {
                          href: routeOfFilter(
                              Object.assign({}, filter, { from: undefined, until: undefined }),
                          ),
                      },
                      'Show all the time',
                  ),
              );
    const node = el(
        'section',
        { class: 'panel', 'aria-labelledby': 'activity-title' },
        el('h2', { id: 'activity-title' }, 'Over time'),
        plotLegend(),
        frame,
        chosen,
    );
    return { node: devices.length > 0 ? node : null, drawn: () => devices.length > 0 && draw() };
}
