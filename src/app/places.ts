/** The places of the page. The address names the place after `#/`, so that any static host serves it under any path. */
import { useSyncExternalStore } from 'react';

export const places = [
  'data',
  'train',
  'results',
  'predict',
  'export',
  'match',
  'level-area',
  'review',
  'map',
] as const;
export type Place = (typeof places)[number];

export function placeOf(hash: string): Place {
  return places.find((place) => hash === `#/${place}`) ?? 'data';
}

export function goTo(place: Place): void {
  location.hash = `/${place}`;
}

function subscribe(onChange: () => void): () => void {
  addEventListener('hashchange', onChange);
  return () => removeEventListener('hashchange', onChange);
}

export function usePlace(): Place {
  return placeOf(useSyncExternalStore(subscribe, () => location.hash));
}
