/** The picture itself: points to look at, to hover over, to draw a line around; a ring that keys move does the same. */
import { VisuallyHidden } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import {
  useEffect,
  useEffectEvent,
  useMemo,
  useReducer,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
} from 'react';
import { formatCounted } from '../../ui/format.ts';
import { drawPointer, drawPoints } from './drawMap.ts';
import { boundsOf, insideOf, PointGrid, wholeView, zoomed, type View } from './mapData.ts';
import css from './MapScreen.module.css';
import { makeMarks } from './marks.ts';

export type DragMode = 'lasso' | 'move';

export interface MapCanvasProps {
  positions: Float32Array;
  /** Label that colours each point; negative: none. */
  shown: Int16Array;
  labelCount: number;
  /** 1 for points in full colour; null: all. */
  bright: Uint8Array | null;
  mode: DragMode;
  /** Of the point under the pointer, one line. */
  describe: (point: number) => { title: string; labels: string };
  onSelect: (points: number[]) => void;
  /** In words what the picture shows, for assistive technology. */
  caption: string;
}

const reachPixels = 12;
const ringStep = 24;

/** @see MapCanvasProps */
export function MapCanvas(props: MapCanvasProps) {
  const { positions, shown, labelCount, bright, mode, describe, onSelect, caption } = props;
  const { ref, width, height } = useElementSize<HTMLDivElement>();
  const points = useRef<HTMLCanvasElement>(null);
  const pointer = useRef<HTMLCanvasElement>(null);
  const [moved, setMoved] = useState<View | null>(null);
  const bounds = useMemo(() => boundsOf(positions), [positions]);
  const grid = useMemo(() => new PointGrid(positions), [positions]);
  const view = useMemo(() => moved ?? wholeView(bounds, width, height), [moved, bounds, width, height]);
  const [hovered, setHovered] = useState<number | null>(null);
  const [ring, setRing] = useState<{ x: number; y: number; radius: number } | null>(null);
  const drag = useRef<{ line: number[]; x: number; y: number } | null>(null);
  const scheme = useScheme();
  const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
  const size = shown.length > 5000 ? 6 : shown.length > 1000 ? 8 : 10;

  useEffect(() => {
    const context = points.current?.getContext('2d');
    const around = points.current?.parentElement;
    if (!context || !around || width === 0) return;
    const marks = makeMarks(labelCount, size, ratio, around);
    drawPoints(context, { positions, shown, bright, marks }, view, ratio);
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- a canvas is empty after a change of height; the scheme changes its colours
  }, [positions, shown, labelCount, bright, view, width, height, ratio, size, scheme]);

  const pixelsOf = (point: number) => ({
    x: positions[2 * point] * view.scale + view.x,
    y: positions[2 * point + 1] * view.scale + view.y,
  });
  const drawOver = (): void => {
    const context = pointer.current?.getContext('2d');
    if (!context || !pointer.current) return;
    const colour = getComputedStyle(pointer.current).color;
    drawPointer(
      context,
      { hovered: hovered === null ? null : pixelsOf(hovered), lasso: drag.current?.line ?? [], ring, colour },
      ratio,
    );
  };
  const drawOverNow = useEffectEvent(drawOver);
  // oxlint-disable-next-line react/exhaustive-effect-dependencies -- what is drawn over the points follows all of these
  useEffect(() => drawOverNow(), [hovered, ring, view, width, height, scheme]);

  const place = (event: { clientX: number; clientY: number }): [number, number] => {
    const box = pointer.current?.getBoundingClientRect();
    return [event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0)];
  };
  const onMap = ([x, y]: [number, number]): [number, number] => [(x - view.x) / view.scale, (y - view.y) / view.scale];

  const onPointerDown = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const [x, y] = place(event);
    drag.current = { line: mode === 'lasso' ? [x, y] : [], x, y };
    setHovered(null);
  };
  const onPointerMove = (event: PointerEvent<HTMLCanvasElement>): void => {
    const [x, y] = place(event);
    if (!drag.current) {
      setHovered(grid.at(...onMap([x, y]), reachPixels / view.scale));
      return;
    }
    if (mode === 'lasso') {
      drag.current.line.push(x, y);
      drawOver();
    } else {
      setMoved({ ...view, x: view.x + x - drag.current.x, y: view.y + y - drag.current.y });
      Object.assign(drag.current, { x, y });
    }
  };
  const onPointerUp = (): void => {
    const line = drag.current?.line ?? [];
    drag.current = null;
    drawOver();
    if (line.length < 6) return;
    const onTheMap = line.map((value, i) => (value - (i % 2 ? view.y : view.x)) / view.scale);
    onSelect(insideOf(positions, onTheMap));
  };

  const onWheel = useEffectEvent((event: WheelEvent) => {
    // The page scrolls as ever; with Ctrl, or two fingers spread on a pad, the map comes closer.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    setMoved(zoomed(view, Math.exp(-event.deltaY / 300), ...place(event)));
  });
  useEffect(() => {
    const canvas = pointer.current;
    const listener = (event: WheelEvent) => onWheel(event);
    canvas?.addEventListener('wheel', listener, { passive: false });
    return () => canvas?.removeEventListener('wheel', listener);
  }, []);

  const inRing = ring ? grid.within(...onMap([ring.x, ring.y]), ring.radius / view.scale) : [];
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = ring ?? { x: width / 2, y: height / 2, radius: 40 };
    const move = (x: number, y: number): void =>
      setRing({ ...at, x: Math.max(0, Math.min(width, at.x + x)), y: Math.max(0, Math.min(height, at.y + y)) });
    const keys: Record<string, () => void> = {
      ArrowLeft: () => move(-ringStep, 0),
      ArrowRight: () => move(ringStep, 0),
      ArrowUp: () => move(0, -ringStep),
      ArrowDown: () => move(0, ringStep),
      '+': () => setRing({ ...at, radius: Math.min(400, at.radius * 1.25) }),
      '-': () => setRing({ ...at, radius: Math.max(8, at.radius / 1.25) }),
      Enter: () => onSelect(inRing),
      Escape: () => onSelect([]),
    };
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  };

  const told = hovered === null ? null : { ...describe(hovered), ...pixelsOf(hovered) };
  return (
    <div className={css.canvasBox}>
      <div className={css.canvases} ref={ref} style={{ color: 'var(--accent)' }}>
        <canvas ref={points} width={width * ratio} height={height * ratio} aria-hidden="true" />
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/prefer-tag-over-role -- a picture that is worked with keys */}
        <canvas
          ref={pointer}
          width={width * ratio}
          height={height * ratio}
          // oxlint-disable-next-line jsx-a11y/no-interactive-element-to-noninteractive-role -- a picture that is worked with keys
          role="application"
          aria-roledescription="map of titles"
          aria-label={caption}
          aria-keyshortcuts="ArrowLeft ArrowRight ArrowUp ArrowDown + - Enter Escape"
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a picture that is worked with keys
          tabIndex={0}
          className={mode === 'move' ? css.moving : css.lasso}
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
          onPointerUp={onPointerUp}
          onPointerCancel={() => (drag.current = null)}
          onPointerLeave={() => setHovered(null)}
          onFocus={(event) => {
            if (event.currentTarget.matches(':focus-visible'))
              setRing(ring ?? { x: width / 2, y: height / 2, radius: 40 });
          }}
          onBlur={() => setRing(null)}
          onKeyDown={onKeyDown}
        />
        {told && (
          <div
            className={css.tip}
            style={{
              left: Math.min(told.x + 12, Math.max(0, width - 260)),
              top: told.y > height - 80 ? told.y - 64 : told.y + 12,
            }}
          >
            <strong>{told.title}</strong>
            <span>{told.labels}</span>
          </div>
        )}
      </div>
      <ZoomButtons
        onZoom={(factor) => setMoved(zoomed(view, factor, width / 2, height / 2))}
        onWhole={() => setMoved(null)}
      />
      <VisuallyHidden aria-live="polite">
        {ring ? `${formatCounted(inRing.length, 'title')} in the ring. Enter lists them.` : ''}
      </VisuallyHidden>
    </div>
  );
}

function ZoomButtons({ onZoom, onWhole }: { onZoom: (factor: number) => void; onWhole: () => void }) {
  return (
    <div className={css.zoom}>
      <button type="button" aria-label="Closer" onClick={() => onZoom(1.5)}>
        +
      </button>
      <button type="button" aria-label="Further away" onClick={() => onZoom(1 / 1.5)}>
        −
      </button>
      <button type="button" onClick={onWhole}>
        All
      </button>
    </div>
  );
}

/** Counts changes of the colour scheme: pictures of points have to be drawn anew. */
function useScheme(): number {
  const [count, changed] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', changed);
    return () => dark.removeEventListener('change', changed);
  }, []);
  return count;
}
