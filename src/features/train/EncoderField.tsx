import { Button, Group, NativeSelect, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useDropzone } from 'react-dropzone';
import type { EncoderInfo, EncoderSource } from '../../shared/training.ts';
import { formatBytes } from '../../ui/format.ts';
import { HubField, type HubFieldProps } from './HubField.tsx';
import { TensorNotes } from './TensorNotes.tsx';
import classes from './TrainScreen.module.css';

export interface EncoderFieldProps {
  encoders: EncoderInfo[];
  value: EncoderSource;
  onChange: (encoder: EncoderSource) => void;
  onDrop: (files: File[]) => void;
  hub: HubFieldProps;
}

const keyOf = (source: EncoderSource): string => `${source.kind}:${source.id}`;

/** Choice of the encoder, a place to drop one (a Hugging Face folder or its zip), and the way to the Hub. */
export function EncoderField({ encoders, value, onChange, onDrop, hub }: EncoderFieldProps) {
  const folder = useRef<HTMLInputElement>(null);
  const { getRootProps, getInputProps, open, isDragActive } = useDropzone({
    onDrop: (files) => files.length > 0 && onDrop(files),
    noClick: true,
    noKeyboard: true,
  });
  // React has no typed prop for it.
  useEffect(() => folder.current?.setAttribute('webkitdirectory', ''), []);
  const chosen = encoders.find((encoder) => keyOf(encoder.source) === keyOf(value));
  return (
    <div {...getRootProps()} className={`${classes.encoder} ${isDragActive ? classes.dropping : ''}`}>
      <NativeSelect
        label="Encoder"
        description="The network that reads the titles. A larger one learns more and takes more time and memory."
        value={keyOf(value)}
        disabled={encoders.length === 0}
        data={
          encoders.length === 0
            ? [{ value: keyOf(value), label: 'Looking for encoders…' }]
            : encoders.map(({ source, name, bytes }) => ({
                value: keyOf(source),
                label: `${name}, ${formatBytes(bytes)}`,
              }))
        }
        onChange={(event) => {
          const picked = encoders.find((encoder) => keyOf(encoder.source) === event.currentTarget.value);
          if (picked) onChange(picked.source);
        }}
      />
      <div>
        <Text size="xs" c="var(--muted)" lineClamp={2} className={classes.encoderText}>
          {chosen?.description ?? ''}
        </Text>
        <Group gap={4}>
          <Text size="xs" c="var(--muted)">
            Drop another here (Hugging Face layout):
          </Text>
          <Button variant="subtle" size="compact-xs" onClick={open}>
            a zip
          </Button>
          <Button variant="subtle" size="compact-xs" onClick={() => folder.current?.click()}>
            a folder
          </Button>
        </Group>
      </div>
      {chosen?.report && <TensorNotes report={chosen.report} />}
      <HubField {...hub} />
      <input {...getInputProps()} aria-label="Encoder files" />
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        aria-label="Encoder folder"
        onChange={(event) => onDrop([...(event.currentTarget.files ?? [])])}
      />
    </div>
  );
}
