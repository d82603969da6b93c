import {
  Brain,
  ChartNoAxesCombined,
  Download,
  Layers,
  Map as MapIcon,
  Network,
  ScanSearch,
  Table2,
  TextCursorInput,
  type LucideIcon,
} from 'lucide-react';
import { places, type Place } from './places.ts';

const entries: Record<Place, { name: string; icon: LucideIcon }> = {
  data: { name: 'Data', icon: Table2 },
  train: { name: 'Train', icon: Brain },
  results: { name: 'Results', icon: ChartNoAxesCombined },
  predict: { name: 'Predict', icon: TextCursorInput },
  export: { name: 'Export', icon: Download },
  match: { name: 'Match', icon: Network },
  'level-area': { name: 'Level & area', icon: Layers },
  review: { name: 'Review', icon: ScanSearch },
  map: { name: 'Map', icon: MapIcon },
};

export interface NavigationProps {
  current: Place;
  /** What a place waits for before it can be used; null when it can. */
  waits: Record<Place, string | null>;
}

/** The rail of wide windows: every place with what it waits for. */
export function Rail({ current, waits }: NavigationProps) {
  return (
    <nav aria-label="Places">
      {places.map((place) => {
        const { name, icon: Icon } = entries[place];
        return (
          <a
            key={place}
            className="rail-link"
            href={`#/${place}`}
            aria-current={place === current ? 'page' : undefined}
          >
            <Icon size={18} aria-hidden />
            <span>
              {name}
              {waits[place] && <span className="waits">{waits[place]}</span>}
            </span>
          </a>
        );
      })}
    </nav>
  );
}

/** The same as tabs at the foot of a narrow window. */
export function Tabs({ current }: NavigationProps) {
  return (
    <nav aria-label="Places" style={{ display: 'flex', height: '100%' }}>
      {places.map((place) => {
        const { name, icon: Icon } = entries[place];
        return (
          <a key={place} className="tab-link" href={`#/${place}`} aria-current={place === current ? 'page' : undefined}>
            <Icon size={18} aria-hidden />
            {name}
          </a>
        );
      })}
    </nav>
  );
}
