/** Prediction: one title while it is typed, and whole files. */
import { Loader } from '@mantine/core';
import { useEffect, useSyncExternalStore } from 'react';
import type { ModelInfo } from '../../shared/training.ts';
import { DropOverlay } from '../../ui/DropArea.tsx';
import { usePageDrop } from '../../ui/usePageDrop.ts';
import type { Explainer } from './question.ts';
import { FilePanel } from './FilePanel.tsx';
import type { Predict, WritePredictions } from './filePrediction.ts';
import { ModelBar, type ModelChoice } from './ModelBar.tsx';
import { PredictSession, type TitleReaders } from './predictSession.ts';
import css from './PredictScreen.module.css';
import { TitleBox } from './TitleBox.tsx';

export interface PredictScreenProps {
  /** The model that is loaded. */
  model: ModelInfo | null;
  /** Those that can be chosen. */
  models: readonly ModelChoice[];
  onSelectModel: (id: string) => void;
  /** A zip, or the files of a Hugging Face folder. */
  onOpenPackage: (files: File[]) => void;
  /** Probabilities, titles x labels, of the model with that id; may take the buffers it is given. */
  predict: Predict;
  readers: TitleReaders;
  /** May take the buffers it is given. */
  writePredictions: WritePredictions;
  /** Says why the model answers as it does. */
  explainer: Explainer;
  /** Why prediction is not possible now, without a full stop: "Loading the model". */
  busy: string | null;
  /** What the user has open; the page's own when left out. */
  session?: PredictSession;
}

const pageSession = new PredictSession();

/** Whether dropped files are a model rather than a table. */
export function isModelPackage(files: readonly File[]): boolean {
  return files.some(({ name }) => /\.(zip|safetensors)$|^(config|tokenizer)\.json$/i.test(name));
}

/** @see PredictScreenProps */
export function PredictScreen({ session = pageSession, ...props }: PredictScreenProps) {
  const { model, models, onSelectModel, onOpenPackage, predict, readers, writePredictions, explainer, busy } = props;
  const { text } = useSyncExternalStore(session.subscribe, session.getSnapshot);
  useEffect(() => {
    if (model) session.keepUp(model);
  }, [model, session]);
  const dragging = usePageDrop(
    (files) => {
      if (isModelPackage(files)) onOpenPackage(files);
      else if (model) void session.open(files[0], null, model, readers);
    },
    () => session.fail('Nothing could be read from what was dropped: expected a file.', 'Drop the file itself.'),
  );
  return (
    <div className={css.screen}>
      <div className={css.top}>
        <h1 className={css.heading}>Predict</h1>
        <ModelBar
          current={model?.id ?? null}
          {...{ models, onSelectModel, onOpenPackage }}
          disabled={busy !== null && model !== null}
        />
      </div>
      {model ? (
        <>
          <TitleBox
            key={model.id}
            model={model}
            text={text}
            onText={(next) => session.setText(next)}
            predict={predict}
            explainer={explainer}
            busy={busy}
          />
          <FilePanel {...{ session, model, predict, readers, writePredictions, busy }} />
        </>
      ) : (
        <NoModel busy={busy} choices={models.length} />
      )}
      <DropOverlay
        visible={dragging}
        message={model ? 'Drop titles to predict, or a model to predict with' : 'Drop a model'}
      />
    </div>
  );
}

function NoModel({ busy, choices }: { busy: string | null; choices: number }) {
  if (busy !== null) {
    return (
      <section className={`${css.panel} ${css.waiting}`} aria-live="polite">
        <Loader size="sm" />
        <p>{busy}</p>
      </section>
    );
  }
  return (
    <section className={`${css.panel} ${css.waiting}`}>
      <h2 className={css.subheading}>{choices > 0 ? 'Choose a model' : 'There is no model yet'}</h2>
      <p className={css.quiet}>
        {choices > 0
          ? 'Pick one of your runs above, or drop the zip of a model you downloaded.'
          : 'Train one on the Train page, or drop the zip of a model you downloaded. Then every title you type is labelled here.'}
      </p>
    </section>
  );
}
