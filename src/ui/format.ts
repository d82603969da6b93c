/** Numbers as the page writes them: one way for each kind, so that the same figure reads the same everywhere. */
import type { Interval } from '../shared/training.ts';

/** Between groups of three digits: narrow, and never the end of a line. */
const thinSpace = '\u202f';
/** Between a number and its unit. */
const noBreakSpace = '\u00a0';
/** Stands where there is no number to show. */
export const noValue = '–';

/** A whole number with thin spaces: 2240 -> "2 240". */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return noValue;
  const rounded = Math.round(count);
  const digits = String(Math.abs(rounded)).replace(/\B(?=(\d{3})+$)/g, thinSpace);
  return rounded < 0 ? `−${digits}` : digits;
}

/** A count with its noun: "1 row", "2 240 rows". `many` is needed for irregular plurals only. */
export function formatCounted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${Math.round(count) === 1 ? one : many}`;
}

/** A score such as F1 or a probability with its leading zero: "0.912"; null and NaN become a dash. */
export function formatFigure(figure: number | null | undefined, digits = 3): string {
  if (figure === null || figure === undefined || !Number.isFinite(figure)) return noValue;
  const text = figure.toFixed(digits);
  return /^-0\.0+$/.test(text) ? text.slice(1) : text.replace('-', '−');
}

/** A figure with its interval: "0.91, from 0.88 to 0.94". */
export function formatInterval(interval: Interval, digits = 2): string {
  const { value, low, high } = interval;
  return `${formatFigure(value, digits)}, from ${formatFigure(low, digits)} to ${formatFigure(high, digits)}`;
}

/**
 * A share as a percentage: 0.8 -> "80 %". Shares just above 0 or just below 1 keep a digit more, so that 0 % and 100 % always mean
 * none and all.
 */
export function formatPercent(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return noValue;
  const percent = share * 100;
  const whole = Math.round(percent);
  if (whole === 0 && percent > 1e-9)
    return percent < 0.1 ? `<${noBreakSpace}0.1${noBreakSpace}%` : withPercent(percent);
  if (whole === 100 && percent < 100 - 1e-9) {
    return percent > 99.9 ? `>${noBreakSpace}99.9${noBreakSpace}%` : withPercent(percent);
  }
  return `${whole}${noBreakSpace}%`;
}

function withPercent(percent: number): string {
  return `${percent.toFixed(1)}${noBreakSpace}%`;
}

function unit(count: number, name: string): string {
  return `${count}${noBreakSpace}${name}`;
}

function pair(count: number, name: string, rest: number, restName: string): string {
  return rest === 0 ? unit(count, name) : `${unit(count, name)} ${unit(rest, restName)}`;
}

/** Seconds as a length of time with at most two units: "0.4 s", "12 s", "1 min 20 s", "2 h 5 min", "3 d 4 h". */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return noValue;
  if (seconds < 9.95) {
    const tenths = Math.round(seconds * 10) / 10;
    return `${Number.isInteger(tenths) ? tenths : tenths.toFixed(1)}${noBreakSpace}s`;
  }
  const whole = Math.round(seconds);
  if (whole < 60) return unit(whole, 's');
  if (whole < 3600) return pair(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(seconds / 3600);
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/**
 * Time left, rounded so that it does not flicker: "1 min 20 s left", "12 s left", "about 2 h 5 min left"; null while it cannot be
 * told.
 */
export function formatTimeLeft(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return 'working out the time left';
  if (seconds < 1.5) return 'almost done';
  const step = seconds < 20 ? 1 : seconds < 120 ? 5 : seconds < 600 ? 10 : 60;
  const rounded = Math.max(1, Math.round(seconds / step) * step);
  return `${rounded >= 3600 ? 'about ' : ''}${formatDuration(rounded)} left`;
}

/** Bytes in decimal units, as file managers show them: "512 B", "1.2 kB", "46 MB", "1.1 GB". */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return noValue;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let scaled = bytes;
  let at = 0;
  while (at < units.length - 1 && scaled >= 999.5) {
    scaled /= 1000;
    at++;
  }
  const text = at === 0 || scaled >= 9.95 ? String(Math.round(scaled)) : scaled.toFixed(1);
  return `${text}${noBreakSpace}${units[at]}`;
}

/** Numbers that span decades (learning rates, weight decay): "0.001", "0.00085", "2e-5", 0 as "0". */
export function formatSmall(value: number): string {
  if (!Number.isFinite(value)) return noValue;
  if (value === 0) return '0';
  const [mantissa, exponent] = value.toExponential(1).split('e');
  if (Math.abs(Number(exponent)) > 4) return `${mantissa.replace(/\.0$/, '')}e${Number(exponent)}`;
  return String(Number(value.toPrecision(2)));
}

const dateFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const timeFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** A moment in the user's time zone: "4 Mar 2025, 14:05". `milliseconds` since 1970. */
export function formatMoment(milliseconds: number): string {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return noValue;
  return `${dateFormat.format(date)}, ${timeFormat.format(date)}`;
}

/** A share of rows in plain words: "87 of 100"; of fewer rows than that, how many they are. */
export function formatShare(share: number, rows: number): string {
  const of = Math.min(100, Math.round(rows));
  return `${Math.round(share * of)} of ${of}`;
}
