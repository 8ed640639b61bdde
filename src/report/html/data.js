/*
 * The data of the page, and the ways to find something in it.
 *
 * Times are microseconds since the beginning of the first capture, durations
 * thousandths of a second. What has no value is not there. Of devices and
 * findings there are short rows for the lists; the rest of one, and messages,
 * stand in blocks that are read when they are needed.
 */

window.addEventListener('unhandledrejection', (event) => {
    document.getElementById('main').textContent =
        'This report cannot be shown here: ' + event.reason;
});

const report = JSON.parse(document.getElementById('report').textContent);
const packs = JSON.parse(document.getElementById('packs').textContent);
const whole = report.whole;
const captures = report.captures;

/* A block of a large report is compressed. */
async function openBlock(block) {
    if (typeof block !== 'string') {
        return block;
    }
    if (typeof DecompressionStream === 'undefined') {
        throw new Error('it is a large one and needs a browser from 2023 or later.');
    }
    const bytes = Uint8Array.from(atob(block), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
    return JSON.parse(await new Response(stream).text());
}

function readBlock(pack, i) {
    pack.opened = pack.opened || [];
    pack.opened[i] = pack.opened[i] || openBlock(pack.blocks[i]);
    return pack.opened[i];
}

async function readAll(pack) {
    return (await Promise.all(pack.blocks.map((block, i) => readBlock(pack, i)))).flat();
}

async function readItem(pack, index) {
    let block = 0;
    let first = 0;
    while (first + pack.sizes[block] <= index) {
        first += pack.sizes[block++];
    }
    return (await readBlock(pack, block))[index - first];
}

const devices = await readAll(packs.device_rows);
const findings = await readAll(packs.finding_rows);

const SEVERITIES = ['failure', 'warning', 'note'];

/* In the order of the report: what needs attention first. */
const STATES = [
    'refused',
    'unanswered',
    'unreachable',
    'lapsed',
    'unknown',
    'deregistered',
    'registered',
];

function refKey(ref) {
    return (ref.capture || 0) + ':' + ref.frame;
}

function groupBy(list, keyOf) {
    const groups = new Map();
    for (const item of list) {
        const key = keyOf(item);
        if (key === undefined) {
            continue;
        }
        if (!groups.has(key)) {
            groups.set(key, []);
        }
        groups.get(key).push(item);
    }
    return groups;
}

devices.forEach((device, index) => {
    device.index = index;
    device.aor = device.aor || '';
});

findings.forEach((finding, index) => {
    finding.number = index + 1;
    Object.assign(finding, report.rules[finding.id]);
});

const deviceById = new Map(devices.map((device) => [device.id, device]));
const findingsOf = groupBy(findings, (finding) => finding.device);

/* The messages that were read so far, by frame. */
const messagesAt = new Map();
const placesOfMessages = new Map();
for (let i = 0; i < packs.frames.length; i += 2) {
    const key = packs.frames[i] + ':' + packs.frames[i + 1];
    placesOfMessages.set(key, (placesOfMessages.get(key) || []).concat(i / 2));
}

async function loadMessages(refs) {
    await Promise.all(
        refs.map(async (ref) => {
            const key = refKey(ref);
            const places = placesOfMessages.get(key);
            if (places && !messagesAt.has(key)) {
                messagesAt.set(
                    key,
                    await Promise.all(places.map((place) => readItem(packs.messages, place))),
                );
            }
        }),
    );
}

function framesOfFinding(finding) {
    return finding.evidence
        .concat((finding.diff || []).flatMap((row) => [row.inside_at, row.outside_at]))
        .filter((ref) => ref && ref.frame);
}

/* All of these findings, with the messages that they cite. */
async function loadFindings(list) {
    await Promise.all(
        list
            .filter((finding) => !finding.evidence)
            .map(async (finding) => {
                Object.assign(finding, await readItem(packs.findings, finding.number - 1));
                finding.evidence = finding.evidence || [];
            }),
    );
    await loadMessages(list.flatMap(framesOfFinding));
}

function framesOfEvent(event) {
    return (event.frames || []).map((frame) => ({ capture: event.capture, frame }));
}

/* All of a device. */
async function loadDevice(device) {
    if (!device.timeline) {
        const all = await readItem(packs.devices, device.index);
        Object.assign(device, { attempts: [], intervals: [], timeline: [] }, all);
        device.aor = device.aor || '';
        if (device.attempts.length === 0) {
            device.attempts = attemptBelow(device);
        }
    }
    await loadFindings(device.findings);
    await loadMessages(
        device.attempts.flatMap(stepRefs).concat(device.timeline.flatMap(framesOfEvent)),
    );
}

function worstSeverity(list) {
    return SEVERITIES.find((severity) => list.some((finding) => finding.severity === severity));
}

for (const device of devices) {
    device.findings = findingsOf.get(device.id) || [];
    device.severity = worstSeverity(device.findings);
}

/* Everything of a device that the search looks at, in lower case. */
function searchTextOf(device) {
    if (device.searchText === undefined) {
        device.searchText = [
            device.id,
            device.aor,
            device.user_agent,
            device.instance,
            device.state,
            ...(device.addresses || []),
            ...(device.public_addresses || []),
            ...device.findings.flatMap((finding) => [finding.id, finding.title]),
        ]
            .join('\n')
            .toLowerCase();
    }
    return device.searchText;
}

/* The period that the whole report is about: all captures, or what is known. */
const period = {
    from: 0,
    until: Math.max(1, whole.end || 0, ...captures.map((capture) => capture.last || 0)),
};

/* Did it fail, lapse or stay unreachable in that time? */
function wasInTrouble(device, from, until) {
    const inside = (a, b) => a <= until && b >= from;
    const life = device.life || [];
    const failures = device.failures || [];
    for (let i = 0; i < life.length; i += 3) {
        if (
            (life[i] === 'lapsed' || life[i] === 'unreachable') &&
            inside(life[i + 1], life[i + 2])
        ) {
            return true;
        }
    }
    for (let i = 0; i < failures.length; i += 2) {
        if (inside(failures[i], failures[i + 1])) {
            return true;
        }
    }
    return device.findings.some(
        (finding) =>
            finding.severity !== 'note' &&
            finding.from !== undefined &&
            inside(finding.from, finding.until),
    );
}

/* 'filter': what the fragment says; see route.js. */
function selectDevices(filter) {
    const words = (filter.q || '')
        .toLowerCase()
        .split(/\s+/)
        .filter((word) => word !== '');
    return devices.filter(
        (device) =>
            (!filter.state || device.state === filter.state) &&
            (!filter.finding || device.findings.some((finding) => finding.id === filter.finding)) &&
            (!filter.severity || device.severity === filter.severity) &&
            (filter.from === undefined || wasInTrouble(device, filter.from, filter.until)) &&
            words.every((word) => searchTextOf(device).includes(word)),
    );
}

/* In the order of the text report: the worst first, those without fault last. */
function rankOf(device) {
    const severity = SEVERITIES.indexOf(device.severity);
    const trouble = device.severity === 'failure' || device.severity === 'warning';
    return trouble
        ? severity * 1e7 + device.findings[0].number
        : 1e9 + STATES.indexOf(device.state);
}

const rankedDevices = devices
    .map((device, index) => ({ device, index, rank: rankOf(device) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map((entry) => entry.device);
rankedDevices.forEach((device, index) => {
    device.place = index;
});
