/** The service worker: offline use after the first visit, and new versions that wait until they are wanted. */
import { notifications } from '@mantine/notifications';
import { registerSW } from 'virtual:pwa-register';
import { create } from 'zustand';
import { activeRunIds, runReleased } from '../shared/runLocks.ts';

/** Set when a new version has been fetched and waits; taking it reloads the page. */
export const useUpdate = create<{ take: (() => Promise<void>) | null }>(() => ({ take: null }));

export function registerServiceWorker(): void {
  const activate = registerSW({
    onNeedRefresh: () => {
      useUpdate.setState({ take });
      // Runs in every tab when one of them takes the new version. The library's own event does not come in a tab that was open
      // before there was any service worker, that of the first visit.
      navigator.serviceWorker.addEventListener('controllerchange', () => void reloadWhenIdle(), { once: true });
    },
    onNeedReload: () => undefined,
  });

  async function take(): Promise<void> {
    if ((await activeRunIds()).length === 0) return activate(true);
    const message = 'A new version would stop it. Update when it is done.';
    notifications.show({ title: 'A training is running in another tab', message, color: 'yellow' });
  }
}

/** The files of the version that this tab runs are in memory or were fetched already: it may go on until its training ends. */
async function reloadWhenIdle(): Promise<void> {
  for (const id of await activeRunIds()) await runReleased(id);
  location.reload();
}
