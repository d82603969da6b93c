/** An encoder from the Hugging Face Hub: its name, how far it has come, and those that are in this browser already. */
import { Alert, Autocomplete, Button, Group, Progress, Text } from '@mantine/core';
import { CloudDownload } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { formatBytes, formatTimeLeft } from '../../ui/format.ts';
import type { HubModel, HubProgress } from '../../worker/protocol.ts';
import classes from './HubField.module.css';

export interface HubFieldProps {
  models: HubModel[];
  fetching: { id: string; progress: HubProgress } | null;
  error: { message: string; hint: string } | null;
  onFetch: (id: string) => void;
  onStop: () => void;
  onRemove: (id: string) => void;
  onDismissError: () => void;
}

/** Models that are known to work; sizes of what is fetched, as the Hub states them. */
const known = new Map([
  ['distilbert-base-uncased', '268 MB, Apache 2.0'],
  ['roberta-base', '502 MB, MIT'],
  ['microsoft/deberta-v3-small', '289 MB, MIT'],
  ['sentence-transformers/all-MiniLM-L12-v2', '134 MB, Apache 2.0'],
]);

/** @see HubFieldProps */
export function HubField(props: HubFieldProps) {
  const { models, fetching, error, onFetch, onDismissError } = props;
  const [typed, setTyped] = useState('');
  return (
    <section className={classes.hub} aria-label="From the Hugging Face Hub">
      <form
        className={classes.entry}
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() !== '') onFetch(typed);
        }}
      >
        <Autocomplete
          label="From the Hugging Face Hub"
          description="Connects to huggingface.co and fetches the model's files into this browser. Your titles stay here."
          placeholder="organisation/model"
          value={typed}
          disabled={fetching !== null}
          maxLength={200}
          spellCheck={false}
          autoCapitalize="none"
          data={[...known.keys()]}
          renderOption={({ option }) => (
            <div className={classes.option}>
              <span>{option.value}</span>
              <Text span size="xs" c="var(--muted)">
                {known.get(option.value)}
              </Text>
            </div>
          )}
          onChange={setTyped}
        />
        <Button
          type="submit"
          variant="light"
          disabled={fetching !== null || typed.trim() === ''}
          leftSection={<CloudDownload size={16} aria-hidden="true" />}
        >
          Fetch
        </Button>
      </form>
      {fetching && <Fetching {...fetching} onStop={props.onStop} />}
      {error && (
        <Alert
          color="red"
          variant="light"
          title={error.message}
          withCloseButton
          closeButtonLabel="Dismiss the error"
          onClose={onDismissError}
        >
          {error.hint}
        </Alert>
      )}
      {models.length > 0 && <KeptModels {...props} />}
    </section>
  );
}

function Fetching({ id, progress, onStop }: { id: string; progress: HubProgress; onStop: () => void }) {
  const { message, received, total, bytesPerSecond, secondsLeft } = progress;
  const share = total > 0 ? (received / total) * 100 : 0;
  const amount = total > 0 ? `${formatBytes(received)} of ${formatBytes(total)}` : '';
  const speed = bytesPerSecond === null ? '' : `${formatBytes(bytesPerSecond)}/s, ${formatTimeLeft(secondsLeft)}`;
  const stop = useRef<HTMLButtonElement>(null);
  // The button that was pressed is disabled now: the keyboard goes on from here.
  useEffect(() => stop.current?.focus({ preventScroll: true }), []);
  return (
    <div className={classes.fetching}>
      <div className={classes.progress}>
        <Progress value={share} animated={total === 0} aria-label={`Fetching ${id}`} />
        <Text size="xs" c="var(--muted)" className="tabular">
          {[message, amount, speed].filter((part) => part !== '').join(' · ')}
        </Text>
      </div>
      <Button ref={stop} variant="default" size="compact-sm" onClick={onStop}>
        Stop
      </Button>
    </div>
  );
}

function KeptModels({ models, fetching, onFetch, onRemove }: HubFieldProps) {
  const bytes = models.reduce((sum, { held }) => sum + held, 0);
  return (
    <div>
      <Text size="xs" c="var(--muted)">
        In this browser, {formatBytes(bytes)}. What is removed has to be fetched again.
      </Text>
      <ul className={classes.models}>
        {models.map((model) => (
          <li key={model.id}>
            <span className={classes.name}>{model.id}</span>
            <Text span size="xs" c="var(--muted)" className="tabular">
              {stateOf(model)}
            </Text>
            <Group gap={4} wrap="nowrap" className={classes.actions}>
              {!model.ready && (
                <Button
                  variant="subtle"
                  size="compact-xs"
                  disabled={fetching !== null}
                  aria-label={`Go on fetching ${model.id}`}
                  onClick={() => onFetch(model.id)}
                >
                  Go on
                </Button>
              )}
              <Button
                variant="subtle"
                color="gray"
                size="compact-xs"
                disabled={fetching !== null}
                aria-label={`Remove ${model.id}`}
                onClick={() => onRemove(model.id)}
              >
                Remove
              </Button>
            </Group>
          </li>
        ))}
      </ul>
    </div>
  );
}

function stateOf({ bytes, held, ready, licence }: HubModel): string {
  const amount = held < bytes ? `${formatBytes(held)} of ${formatBytes(bytes)}` : formatBytes(bytes);
  const kind = licence === null ? 'no licence stated' : `licence ${licence}`;
  return `${amount}, ${ready ? kind : held < bytes ? 'not complete' : 'not read yet'}`;
}
