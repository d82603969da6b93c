/** "Level & area": from titles alone to a model that sorts titles by level and by area. */
import { ActionIcon, Alert, Button, NativeSelect } from '@mantine/core';
import { Download, Trash2 } from 'lucide-react';
import { useEffect, useSyncExternalStore } from 'react';
import type { LevelAreaModel } from '../../shared/levelArea.ts';
import type { Backend, EncoderInfo } from '../../shared/training.ts';
import { AboutMethod } from '../../ui/AboutMethod.tsx';
import { DropOverlay, FileButton } from '../../ui/DropArea.tsx';
import { saveBlob } from '../../ui/saveBlob.ts';
import { usePageDrop } from '../../ui/usePageDrop.ts';
import { WorkProgress } from '../../ui/WorkProgress.tsx';
import { levelAreaNotes } from './about.ts';
import { AnswerPanel } from './AnswerPanel.tsx';
import { ModelResults } from './HeadResults.tsx';
import { KeywordsPanel } from './KeywordsPanel.tsx';
import { LearnPanel } from './LearnPanel.tsx';
import css from './LevelArea.module.css';
import type { Doing, LevelAreaSession, LevelAreaState } from './levelAreaSession.ts';
import { NoTitles, TitlesPanel } from './TitlesPanel.tsx';
import { TruthPanel } from './TruthPanel.tsx';

export interface LevelAreaScreenProps {
  session: LevelAreaSession;
  encoders: EncoderInfo[];
  /** Null: the best there is. */
  backend: Backend | null;
  /** Another training runs. */
  locked: boolean;
}

/** @see LevelAreaScreenProps */
export function LevelAreaScreen({ session, encoders, backend, locked }: LevelAreaScreenProps) {
  const state = useSyncExternalStore(session.subscribe, session.getSnapshot);
  useEffect(() => void session.refresh(), [session]);
  const dragging = usePageDrop(
    (files) => void (isModel(files) ? session.openModel(files) : session.open(files[0])),
    () => session.fail('Nothing could be read from what was dropped: expected a file.', 'Drop the file itself.'),
  );
  const { file, settings, labelling, models, selectedId, answered } = state;
  const selected = models.find(({ id }) => id === selectedId) ?? null;
  const busy = state.doing !== null || state.live !== null;
  return (
    <div className={css.screen}>
      <h1 className={css.heading}>Level and area</h1>
      <p className={css.intro}>
        Sorts titles by level and by area without labels of your own: keywords name a part of them, a small network
        learns from those and names the rest.
      </p>
      <Messages state={state} onDismiss={() => session.dismiss()} />
      {!file || !settings ? (
        <NoTitles busy={busy} onOpen={(source) => void session.open(source)} />
      ) : (
        <TitlesPanel
          file={file}
          titleColumn={settings.titleColumn}
          labelling={labelling}
          busy={busy}
          onOpen={(source) => void session.open(source)}
          onColumn={(column) => void session.setTitleColumn(column)}
        />
      )}
      {state.doing && <Working doing={state.doing} />}
      {file && settings && labelling && (
        <>
          <KeywordsPanel
            maps={settings.maps}
            scheme={state.scheme}
            labelling={labelling}
            disabled={busy}
            onScheme={(scheme) => void session.setScheme(scheme)}
            onMap={(head, map) => void session.setMap(head, map)}
            onReset={(head) => void session.resetMap(head)}
          />
          <TruthPanel
            file={file}
            titleColumn={settings.titleColumn}
            maps={settings.maps}
            truth={settings.truth}
            labelling={labelling}
            disabled={busy}
            onColumn={(head, column) => void session.setTruth(head, column)}
            onTruth={(head, truth) => void session.setTruthSettings(head, truth)}
          />
          <LearnPanel
            config={state.config}
            encoders={encoders}
            live={state.live}
            waits={locked ? 'Waits for the training that runs.' : null}
            suggestedName={suggestName(models)}
            onConfig={(change) => session.setConfig(change)}
            onTrain={(name) => void session.train(name, backend)}
            onStop={() => void session.stop()}
          />
        </>
      )}
      <Models {...{ session, models, selected, busy }} />
      {selected && (
        <>
          <ModelResults model={selected} />
          <AnswerPanel
            model={selected}
            answered={answered}
            openName={file?.name ?? null}
            busy={busy}
            onAnswer={(source) => void session.answer(selected, source)}
            onDownload={(shown) =>
              void session
                .writeAnswers(shown)
                .then((csv) => csv && saveBlob(csv, `${baseName(shown.name)} level and area.csv`))
            }
          />
        </>
      )}
      <AboutMethod {...levelAreaNotes} />
      <DropOverlay visible={dragging} message="Drop titles, or a model of level and area" />
    </div>
  );
}

function isModel(files: readonly File[]): boolean {
  return files.some(({ name }) => /\.(zip|safetensors|json)$/i.test(name));
}

function baseName(name: string): string {
  return name.replace(/\.[a-z0-9]{1,5}$/i, '') || 'titles';
}

function suggestName(models: readonly LevelAreaModel[]): string {
  const taken = new Set(models.map(({ name }) => name));
  let number = models.length + 1;
  while (taken.has(`Level and area ${number}`)) number++;
  return `Level and area ${number}`;
}

function Messages({ state: { error, notice }, onDismiss }: { state: LevelAreaState; onDismiss: () => void }) {
  const close = { withCloseButton: true, closeButtonLabel: 'Dismiss', onClose: onDismiss };
  return (
    <>
      {error && (
        <Alert color="red" title={error.message} {...close}>
          {error.hint}
        </Alert>
      )}
      {notice && (
        <Alert color="yellow" title="This model cannot be kept in the browser" {...close}>
          {notice}
        </Alert>
      )}
    </>
  );
}

function Working({ doing: { message, fraction } }: { doing: Doing }) {
  return (
    <div aria-live="polite">
      <WorkProgress {...{ message, fraction }} label={message} />
    </div>
  );
}

interface ModelsProps {
  session: LevelAreaSession;
  models: LevelAreaModel[];
  selected: LevelAreaModel | null;
  busy: boolean;
}

/** Which of the kept models is looked at; its download; the way back in. */
function Models({ session, models, selected, busy }: ModelsProps) {
  const open = (files: File[]): void => void session.openModel(files);
  return (
    <section className={css.panel} aria-label="Models">
      <div className={css.row}>
        {selected && (
          <>
            <NativeSelect
              label="Model"
              w={280}
              value={selected.id}
              data={models.map(({ id, name, data }) => ({ value: id, label: `${name}, ${data.name}` }))}
              onChange={(event) => session.select(event.currentTarget.value)}
            />
            <Button
              variant="default"
              leftSection={<Download size={16} aria-hidden />}
              disabled={busy}
              onClick={() =>
                void session
                  .exportModel(selected.id)
                  .then((zip) => zip && saveBlob(zip, `${fileName(selected.name)}.zip`))
              }
            >
              Download the model
            </Button>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              disabled={busy}
              aria-label={`Delete ${selected.name}`}
              title={`Delete ${selected.name}`}
              onClick={() => void session.remove(selected.id)}
            >
              <Trash2 size={16} aria-hidden />
            </ActionIcon>
          </>
        )}
        <FileButton accept=".zip" variant={selected ? 'subtle' : 'default'} disabled={busy} onFiles={open}>
          Open a model
        </FileButton>
        {!selected && (
          <p className={`${css.quiet} ${css.middle}`}>Models that you train here, or the zip of one you downloaded.</p>
        )}
      </div>
    </section>
  );
}

function fileName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N} ._-]+/gu, '-');
}
