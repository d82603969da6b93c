import { defineConfig, devices } from '@playwright/test';
import { chromiumArguments, chromiumPath } from './tools/chromium.ts';

// Serves what `npm run build` made. One worker: two trainings at once on two cores would only be slower.
const port = 4199;

export default defineConfig({
  testDir: 'e2e',
  workers: 1,
  timeout: 600_000,
  expect: { timeout: 30_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: 'list',
  use: {
    ...devices['Desktop Chrome'],
    viewport: { width: 1440, height: 900 },
    baseURL: `http://localhost:${port}/`,
    launchOptions: { executablePath: chromiumPath, args: chromiumArguments },
    trace: 'off',
    actionTimeout: 60_000,
  },
  webServer: { command: `npx vite preview --port ${port} --strictPort`, port, reuseExistingServer: !process.env.CI },
});
