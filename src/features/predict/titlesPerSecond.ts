import { formatCount } from '../../ui/format.ts';

/** "1 200 titles a second", in two digits: it is never the same twice. */
export function perSecond(titles: number, seconds: number): string {
  const speed = titles / Math.max(seconds, 1e-3);
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, speed))) - 1);
  const rounded = Math.max(1, Math.round(speed / digits) * digits);
  return `${formatCount(rounded)} ${rounded === 1 ? 'title' : 'titles'} a second`;
}
