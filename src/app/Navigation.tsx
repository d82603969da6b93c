import { Menu } from '@mantine/core';
import {
  Brain,
  ChartNoAxesCombined,
  Download,
  Ellipsis,
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

/** As many as fit a narrow window beside the menu of the others: the main job. */
const tabs = places.slice(0, 5);
const others = places.slice(5);

/** The same at the foot of a narrow window: the main job as tabs, the other places in a menu. */
export function Tabs({ current }: NavigationProps) {
  const elsewhere = others.find((place) => place === current);
  const { name, icon: Icon } = elsewhere ? entries[elsewhere] : { name: 'More', icon: Ellipsis };
  return (
    <nav aria-label="Places" style={{ display: 'flex', height: '100%' }}>
      {tabs.map((place) => {
        const { name: own, icon: OwnIcon } = entries[place];
        return (
          <a key={place} className="tab-link" href={`#/${place}`} aria-current={place === current ? 'page' : undefined}>
            <OwnIcon size={18} aria-hidden />
            {own}
          </a>
        );
      })}
      <Menu position="top-end">
        <Menu.Target>
          <button
            type="button"
            className="tab-link"
            aria-label={elsewhere ? `${name}, more places` : 'More places'}
            aria-current={elsewhere ? 'page' : undefined}
          >
            <Icon size={18} aria-hidden />
            {name}
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {others.map((place) => {
            const { name: own, icon: OwnIcon } = entries[place];
            return (
              <Menu.Item
                key={place}
                component="a"
                href={`#/${place}`}
                leftSection={<OwnIcon size={18} aria-hidden />}
                aria-current={place === current ? 'page' : undefined}
              >
                {own}
              </Menu.Item>
            );
          })}
        </Menu.Dropdown>
      </Menu>
    </nav>
  );
}
