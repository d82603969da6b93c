/** The service worker: offline use after the first visit, and new versions that wait until they are wanted. */
import { registerSW } from 'virtual:pwa-register';
import { create } from 'zustand';

/** Set when a new version has been fetched and waits; taking it reloads the page. */
export const useUpdate = create<{ take: (() => Promise<void>) | null }>(() => ({ take: null }));

export function registerServiceWorker(): void {
  const take = registerSW({ onNeedRefresh: () => useUpdate.setState({ take: () => take(true) }) });
}
