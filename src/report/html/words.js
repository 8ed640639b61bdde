/*
 * Numbers, times and names as a person reads them.
 */

const BEGIN_MS = Date.parse(whole.begins.slice(0, 23) + 'Z');
const BEGIN_REST_US = Number(whole.begins.slice(23, 26)) || 0;
const DAY_US = 86400e6;

function dateAt(time) {
    return new Date(BEGIN_MS + Math.floor((time + BEGIN_REST_US) / 1000));
}

/* More than one day: then a clock alone would be ambiguous. */
const severalDays =
    period.until - period.from > DAY_US ||
    dateAt(period.from).getUTCDate() !== dateAt(period.until).getUTCDate();

function dayText(time) {
    const date = dateAt(time);
    return Number.isNaN(date.getTime()) ? '?' : date.toISOString().slice(0, 10);
}

/* UTC, with as many digits behind the second as asked for (3). */
function clockText(time, digits) {
    if (time === undefined) {
        return 'at an unknown time';
    }
    const date = dateAt(time);
    if (Number.isNaN(date.getTime())) {
        return '?';
    }
    const n = digits === undefined ? 3 : digits;
    const beyond = String((((time + BEGIN_REST_US) % 1000) + 1000) % 1000).padStart(3, '0');
    return date.toISOString().slice(11, n > 0 ? 20 + Math.min(3, n) : 19) + (n > 3 ? beyond : '');
}

function timeText(time, digits) {
    return (severalDays && time !== undefined ? dayText(time) + ' ' : '') + clockText(time, digits);
}

/* Cut, not rounded; the same as in the text report. */
function spanText(us) {
    const sign = us < 0 ? '-' : '';
    const all = Math.abs(us);
    const s = Math.floor(all / 1e6);
    const two = (big, bigUnit, small, smallUnit) =>
        sign + big + ' ' + bigUnit + (small > 0 ? ' ' + small + ' ' + smallUnit : '');
    if (all < 1e3) {
        return sign + Math.floor(all) + ' \u00b5s';
    }
    if (all < 1e6) {
        return sign + Math.floor(all / 1e3) + ' ms';
    }
    if (s < 10) {
        return sign + s + '.' + (Math.floor(all / 1e5) % 10) + ' s';
    }
    if (s < 120) {
        return sign + s + ' s';
    }
    if (s < 7200) {
        return two(Math.floor(s / 60), 'min', s % 60, 's');
    }
    if (s < 172800) {
        return two(Math.floor(s / 3600), 'h', Math.floor((s % 3600) / 60), 'min');
    }
    return two(Math.floor(s / 86400), 'd', Math.floor((s % 86400) / 3600), 'h');
}

/* Of the data's thousandths of a second. */
function secondsText(thousandths) {
    return spanText(thousandths * 1e3);
}

function numberText(n) {
    return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

function countText(n, one, many) {
    return numberText(n) + ' ' + (n === 1 ? one : many || one + 's');
}

function bytesText(n) {
    if (n < 10e3) {
        return numberText(n) + ' bytes';
    }
    return n < 10e6 ? Math.round(n / 1e3) + ' kB' : numberText(Math.round(n / 1e6)) + ' MB';
}

/* What is not whole is not rounded to it. */
function percentText(part, all) {
    return part >= all ? '100 %' : (Math.floor((part / all) * 1000) / 10).toFixed(1) + ' %';
}

function capitalized(text) {
    return text.charAt(0).toUpperCase() + text.slice(1);
}

/* C1 controls, marks of direction, zero width, joiners and variants, and what
 * is set aside for annotation. */
const UNSEEN = new RegExp(
    '[\\u0080-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e' +
        '\\u2060-\\u206f\\ufe00-\\ufe0f\\ufeff\\ufff0-\\ufffb]',
    'g',
);

/* What cannot be seen can lie: control characters and marks that turn the
 * line around or take no room are shown as what they are. */
function visible(text) {
    return String(text)
        .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, (c) =>
            String.fromCharCode(0x2400 + c.charCodeAt(0)),
        )
        .replace(/\u007f/g, '\u2421')
        .replace(UNSEEN, (c) => '\\u{' + c.charCodeAt(0).toString(16).padStart(4, '0') + '}');
}

/* The same for text of one line. */
function visibleLine(text) {
    return visible(text).replace(/[\t\r\n]/g, (c) => String.fromCharCode(0x2400 + c.charCodeAt(0)));
}

function captureName(index) {
    return captures[index || 0] ? captures[index || 0].name : '?';
}

/* "frame 5", or "lan.pcap frame 5" when there are several. */
function frameText(ref) {
    return (captures.length > 1 ? captureName(ref.capture) + ' ' : '') + 'frame ' + ref.frame;
}

/* Always with the file, for what leaves the page. */
function fileFrameText(ref) {
    return captureName(ref.capture) + ', frame ' + ref.frame;
}

function accountText(device) {
    return device.aor || 'an unknown account';
}

const USUAL_REASONS = {
    200: 'OK',
    401: 'Unauthorized',
    403: 'Forbidden',
    407: 'Proxy Authentication Required',
};

function statusText(step) {
    const reason = step.reason === undefined ? USUAL_REASONS[step.status] : step.reason;
    return step.status + (reason ? ' ' + reason : '');
}
