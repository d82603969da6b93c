import { TextInput, type TextInputProps } from '@mantine/core';
import { useState, type KeyboardEvent } from 'react';
import { formatSmall } from '../../ui/format.ts';

export interface NumberFieldProps extends Omit<TextInputProps, 'value' | 'onChange' | 'error' | 'step'> {
  /** NaN shows what was typed, or nothing. */
  value: number;
  /** NaN while the text is not a number. */
  onChange: (value: number) => void;
  /** What the arrow keys do. */
  step: (value: number, direction: 1 | -1) => number;
  error?: string | undefined;
}

/** Text as a number, "1e-3" and a decimal comma included; NaN where it is none. */
export function parseNumber(text: string): number {
  const trimmed = text.trim().replace(',', '.');
  return trimmed === '' ? Number.NaN : Number(trimmed);
}

function show(value: number): string {
  if (Number.isNaN(value)) return '';
  return value !== 0 && Math.abs(value) < 0.01 ? formatSmall(value) : String(Number(value.toPrecision(10)));
}

/** A number as text, so that "1e-3" can be typed; arrow keys change it. */
export function NumberField({ value, onChange, step, error, ...rest }: NumberFieldProps) {
  const [text, setText] = useState(() => show(value));
  const [shown, setShown] = useState(value);
  if (!Object.is(shown, value)) {
    // The value came from outside (reset, arrow key): the text follows. What is being typed already means it, and stays.
    setShown(value);
    if (!Object.is(parseNumber(text), value)) setText(show(value));
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    if (Number.isFinite(value)) onChange(step(value, event.key === 'ArrowUp' ? 1 : -1));
  };
  return (
    <TextInput
      {...rest}
      inputMode="decimal"
      autoComplete="off"
      value={text}
      error={error}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(parseNumber(event.currentTarget.value));
      }}
      onBlur={() => Number.isFinite(value) && setText(show(value))}
      onKeyDown={onKeyDown}
    />
  );
}
