/** The point on a curve that sets a value: dragged by mouse, pen or finger, moved by the arrow keys, or sent to where the chart is pressed. */
import { useRef, useState, type PointerEvent } from 'react';
import classes from './UnitChart.module.css';
import { nearestOnChart, toPixels, type UnitPoint } from './unitGeometry.ts';

export interface UnitChartHandle extends UnitPoint {
  /** "Threshold of Director". */
  name: string;
  /** What a screen reader says of where it stands. */
  text: string;
  /** Where it can go, in the order of the arrow keys. */
  stops: readonly UnitPoint[];
  /** The stop it stands at, or nearest to. */
  index: number;
  onMove: (index: number) => void;
}

export interface UnitHandleProps extends UnitChartHandle {
  colour: string;
  width: number;
  height: number;
}

/** Covers the chart. @see UnitHandleProps */
export function UnitHandle({ name, text, stops, index, onMove, colour, width, height, x, y }: UnitHandleProps) {
  const slider = useRef<HTMLInputElement>(null);
  const [dragging, setDragging] = useState(false);
  const moveTo = (event: { clientX: number; clientY: number }, area: Element): void => {
    const box = area.getBoundingClientRect();
    const place = { left: event.clientX - box.left, top: event.clientY - box.top };
    const nearest = nearestOnChart(stops, place, width, height);
    if (nearest >= 0 && nearest !== index) onMove(nearest);
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    // A finger on the plot may be about to scroll: it drags by the point itself, or taps.
    const onPoint = event.target instanceof Element && event.target.hasAttribute('data-point');
    if (event.button !== 0 || (event.pointerType === 'touch' && !onPoint)) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDragging(true);
  };
  const { left, top } = toPixels({ x, y }, width, height);
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- the slider in it has the keys
    <div
      className={classes.drag}
      onPointerDown={onPointerDown}
      onPointerMove={(event) => dragging && moveTo(event, event.currentTarget)}
      onPointerUp={() => setDragging(false)}
      onPointerCancel={() => setDragging(false)}
      onClick={(event) => {
        moveTo(event, event.currentTarget);
        slider.current?.focus({ preventScroll: true });
      }}
    >
      <input
        ref={slider}
        type="range"
        className={classes.slider}
        aria-label={name}
        aria-valuetext={text}
        min={0}
        max={stops.length - 1}
        value={index}
        onChange={(event) => onMove(Number(event.currentTarget.value))}
      />
      <span
        data-point
        className={classes.handle}
        data-dragging={dragging}
        style={{ left, top, '--handle': colour } as React.CSSProperties}
      />
    </div>
  );
}
