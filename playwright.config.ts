import { defineConfig, devices } from '@playwright/test';
import { chromiumArguments, chromiumPath } from './tools/chromium.ts';

// Serves what `npm run build` made. One worker: with two on two cores the whole took a sixth less, and journeys failed for want of time.
const port = 4199;

export default defineConfig({
  testDir: 'e2e',
  workers: 1,
  // A journey of many steps may fail once on a busy machine: it is run again, and the end of the output names it as flaky.
  retries: 1,
  timeout: 600_000,
  expect: { timeout: 30_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: 'list',
  use: {
    ...devices['Desktop Chrome'],
    viewport: { width: 1440, height: 900 },
    // In a fresh profile it fetches the whole app beside each journey; those that are about it allow it.
    serviceWorkers: 'block',
    baseURL: `http://localhost:${port}/`,
    launchOptions: { executablePath: chromiumPath, args: chromiumArguments },
    trace: 'off',
    actionTimeout: 60_000,
  },
  webServer: { command: `npx vite preview --port ${port} --strictPort`, port, reuseExistingServer: !process.env.CI },
});
