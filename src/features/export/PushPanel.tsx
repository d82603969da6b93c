/** Push to the Hub: token, repository, how far it is, and the link when it is there. */
import { Alert, Anchor, Button, Checkbox, PasswordInput, Progress, TextInput } from '@mantine/core';
import { CloudUpload } from 'lucide-react';
import { useState, useSyncExternalStore } from 'react';
import {
  hubOrigin,
  repositoryNameOf,
  repositoryProblem,
  type PushProgress,
  type PushResult,
} from '../../shared/hubPush.ts';
import type { OnnxFile } from '../../shared/onnxFiles.ts';
import type { FinetunedRun } from '../../shared/training.ts';
import { formatBytes, formatTimeLeft } from '../../ui/format.ts';
import css from './ExportScreen.module.css';
import { onnxBytes } from './packageContents.ts';
import type { PushSession } from './pushSession.ts';
import push from './PushPanel.module.css';

export interface PushPanelProps {
  run: FinetunedRun;
  /** Also pushed. */
  onnx: readonly OnnxFile[];
  session: PushSession;
}

/** @see PushPanelProps */
export function PushPanel({ run, onnx, session }: PushPanelProps) {
  const state = useSyncExternalStore(session.subscribe, session.getSnapshot);
  // Nowhere else: not stored, and gone with this panel.
  const [token, setToken] = useState('');
  const [repository, setRepository] = useState(() => repositoryNameOf(run.name));
  const [isPrivate, setPrivate] = useState(true);
  const problem = repositoryProblem(repository);
  const pushing = state.progress !== null;
  const own = state.runId === run.id;
  const bytes = onnx.reduce((sum, file) => sum + onnxBytes(run.weightBytes, file), run.weightBytes);
  const again = own && (state.error !== null || state.stopped);
  const start = (): void => {
    if (problem !== null || token.trim() === '' || pushing) return;
    const model = { id: run.id, name: run.name, onnx };
    void session.push(model, { token: token.trim(), repository: repository.trim(), private: isPrivate });
  };
  return (
    <section className={css.panel} aria-label="Push to the Hugging Face Hub">
      <h2 className={css.subheading}>Push to the Hugging Face Hub</h2>
      <p className={css.quiet}>
        The files of the download, about {formatBytes(bytes)}, go to huggingface.co as a model of yours. This is the one
        thing in Rung that leaves this machine, and only when you press the button. Your titles are not in it.
      </p>
      <PasswordInput
        label="Access token"
        description={
          <>
            One that may write, from{' '}
            <Anchor href={`${hubOrigin}/settings/tokens`} target="_blank" rel="noreferrer" inherit>
              your settings there
            </Anchor>
            . It is sent to huggingface.co alone, stored nowhere, and gone when you leave this page.
          </>
        }
        placeholder="hf_…"
        value={token}
        disabled={pushing}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        visibilityToggleButtonProps={{ 'aria-label': 'Show the token' }}
        onChange={(event) => setToken(event.currentTarget.value)}
      />
      <TextInput
        label="Repository"
        description="A name, for your own account, or organisation/name. One that exists gets a new commit; its history stays."
        value={repository}
        error={problem}
        disabled={pushing}
        maxLength={200}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        onChange={(event) => setRepository(event.currentTarget.value)}
      />
      <Checkbox
        label="Private"
        description="Only you, or your organisation, can see it. You can open it there later."
        checked={isPrivate}
        disabled={pushing}
        onChange={(event) => setPrivate(event.currentTarget.checked)}
      />
      <div className={push.actions}>
        <Button
          variant="default"
          leftSection={<CloudUpload size={16} aria-hidden="true" />}
          disabled={pushing || problem !== null || token.trim() === ''}
          onClick={start}
        >
          {again ? (state.stopped ? 'Go on' : 'Try again') : 'Push the model'}
        </Button>
        {pushing && (
          <Button variant="default" onClick={() => void session.stop()}>
            Stop
          </Button>
        )}
      </div>
      <div className={push.state} aria-live="polite">
        {state.progress && <Sending progress={state.progress} name={own ? null : state.runName} />}
        {own && state.stopped && <span className={css.quiet}>Stopped. What has arrived is not sent again.</span>}
        {own && state.result && <Pushed result={state.result} />}
      </div>
      {own && state.error && (
        <Alert color="red" title={state.error.message}>
          {state.error.hint}
        </Alert>
      )}
    </section>
  );
}

/** @param name of another run that is being pushed */
function Sending({ progress, name }: { progress: PushProgress; name: string | null }) {
  const { message, sent, total, bytesPerSecond, secondsLeft } = progress;
  const amount = total > 0 ? `${formatBytes(sent)} of ${formatBytes(total)}` : '';
  const speed = bytesPerSecond === null ? '' : `${formatBytes(bytesPerSecond)}/s, ${formatTimeLeft(secondsLeft)}`;
  const words = [message === '' ? 'Collecting the files' : message, amount, speed].filter((part) => part !== '');
  return (
    <>
      <Progress
        value={total > 0 ? (100 * sent) / total : 100}
        animated={total === 0}
        striped={total === 0}
        size="sm"
        aria-label="Progress of the push"
      />
      <span className={`${css.quiet} tabular`}>
        {name !== null && `“${name}”: `}
        {words.join(' · ')}
      </span>
    </>
  );
}

function Pushed({ result }: { result: PushResult }) {
  const { id, address, bytes, alreadyThere } = result;
  return (
    <span className={push.done}>
      <Anchor href={address} target="_blank" rel="noreferrer">
        {address.replace('https://', '')}
      </Anchor>
      <span className={css.quiet}>
        {result.private ? 'Private' : 'Public'}, {formatBytes(bytes)} in commit {result.commit.slice(0, 7)} of {id}
        {alreadyThere > 0 && `; ${formatBytes(alreadyThere)} were there already`}.
      </span>
    </span>
  );
}
