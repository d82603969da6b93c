import { Alert, AppShell, Box, Button, Group, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { ErrorBoundary } from 'react-error-boundary';
import { RunProgress } from '../ui/RunProgress.tsx';
import { CrashScreen } from './CrashScreen.tsx';
import { useDataStore, summaryOf } from './dataStore.ts';
import { About } from './About.tsx';
import { DeviceBadge } from './DeviceBadge.tsx';
import { useEngineStore } from './engineStore.ts';
import { Rail, Tabs } from './Navigation.tsx';
import { usePlace, type Place } from './places.ts';
import { usePredictStore } from './predictStore.ts';
import { Screens } from './Screens.tsx';
import { openStray } from './dropped.ts';
import { useUpdate } from './updates.ts';
import { useGuards } from './useGuards.ts';

/** What each place waits for, in a few words. */
function useWaits(): Record<Place, string | null> {
  const hasData = useDataStore((store) => summaryOf(store.state) !== null);
  const hasResult = useEngineStore((store) => store.runs.some((run) => run.test !== null));
  const hasWeights = useEngineStore((store) => store.runs.some((run) => run.weightBytes > 0));
  const hasPackage = usePredictStore((store) => store.packages.length > 0);
  return {
    data: null,
    train: hasData ? null : 'waits for a table',
    results: hasResult ? null : 'waits for a finished run',
    predict: hasWeights || hasPackage ? null : 'waits for a trained model',
    export: hasWeights ? null : 'waits for a trained model',
    match: null,
    'level-area': null,
    review: hasData ? null : 'waits for a table',
    map: hasData ? null : 'waits for a table',
  };
}

/** A new version waits: taken on demand, never while a training runs, in this tab or another. */
function UpdateButton({ training }: { training: boolean }) {
  const take = useUpdate((store) => store.take);
  if (!take || training) return null;
  return (
    <Button size="compact-sm" variant="light" onClick={() => void take()}>
      Update Rung
    </Button>
  );
}

/** A file dropped beside a drop zone is opened all the same, instead of the browser leaving the page for it. */
function useStrayDrops(): void {
  useEffect(() => {
    const allow = (event: DragEvent): void => event.preventDefault();
    const open = (event: DragEvent): void => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length > 0) openStray(files);
    };
    addEventListener('dragover', allow);
    addEventListener('drop', open);
    return () => {
      removeEventListener('dragover', allow);
      removeEventListener('drop', open);
    };
  }, []);
}

export function App() {
  const place = usePlace();
  const waits = useWaits();
  const narrow = useMediaQuery('(max-width: 767px)', false, { getInitialValueInEffect: false });
  const device = useEngineStore((store) => store.device);
  const live = useEngineStore((store) => store.live);
  const error = useEngineStore((store) => store.error);
  const dismissError = useEngineStore((store) => store.dismissError);
  const start = useEngineStore((store) => store.start);
  const pause = useEngineStore((store) => store.pause);
  const resume = useEngineStore((store) => store.resume);
  const stop = useEngineStore((store) => store.stop);

  const started = useRef(false);
  useEffect(() => {
    if (started.current) return;
    started.current = true;
    void start();
  }, [start]);
  useGuards(live?.plan?.runId ?? null);
  useStrayDrops();

  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = `${place[0].toUpperCase()}${place.slice(1)} · Rung`;
    scrollTo(0, 0);
  }, [place]);

  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 200, breakpoint: 768, collapsed: { mobile: true } }}
      {...(narrow && { footer: { height: 56 } })}
      padding={0}
    >
      <a className="skip-link" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to the content
      </a>
      <AppShell.Header px="md" style={{ background: 'var(--surface)', borderColor: 'var(--line)' }}>
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap={8} wrap="nowrap">
            <img src="./icon.svg" width={22} height={22} alt="" />
            <Text fw={700}>Rung</Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <UpdateButton training={live !== null} />
            <DeviceBadge device={device} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" visibleFrom="sm" style={{ background: 'var(--surface)', borderColor: 'var(--line)' }}>
        <Rail current={place} waits={waits} />
        <Box mt="auto" px="sm">
          <About />
        </Box>
      </AppShell.Navbar>
      <AppShell.Main ref={main} id="main" tabIndex={-1} style={{ outline: 'none' }}>
        {live && place !== 'train' && (
          <div className="live-bar">
            <RunProgress live={live} onPause={pause} onResume={resume} onStop={stop} />
          </div>
        )}
        <ErrorBoundary FallbackComponent={CrashScreen} resetKeys={[place]}>
          <div className="place">
            {error && place !== 'train' && (
              <Alert
                color="red"
                mb="md"
                title={error.message}
                withCloseButton
                closeButtonLabel="Dismiss"
                onClose={dismissError}
              >
                {error.hint}
              </Alert>
            )}
            <Screens place={place} />
          </div>
        </ErrorBoundary>
      </AppShell.Main>
      {narrow && (
        <AppShell.Footer style={{ background: 'var(--surface)', borderColor: 'var(--line)' }}>
          <Tabs current={place} waits={waits} />
        </AppShell.Footer>
      )}
    </AppShell>
  );
}
