import { readdirSync, readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumArguments, chromiumPath, isolationHeaders } from './tools/chromium.ts';
import { trainInPython } from './tools/trainInPython.ts';

/** Every package that `src` imports: one that Vite finds only while a test runs would reload that test in the middle. */
function importedPackages(): string[] {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
  const imports = files.flatMap((name) =>
    Array.from(readFileSync(`src/${name}`, 'utf8').matchAll(/from '([@a-z][^']*)'/g), (match) => match[1]),
  );
  return [...new Set(imports)]
    .filter((name) => !/[:?]|^vitest|\.worker|wasm-out|node-adapter|onnxruntime-node/.test(name))
    .toSorted();
}

/** A machine that stalls fails no run: what is awaited has more than Vitest's second, a test that failed is tried again, and named by `npm test`. */
const patience = { expect: { poll: { timeout: 15_000 } }, retry: 1 };

// Two projects: `unit` in Node, `browser` (files named *.browser.test.ts) in Debian's Chromium with WebGPU on SwiftShader.
export default defineConfig({
  test: {
    passWithNoTests: false,
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['src/**/*.test.{ts,tsx}', 'tools/**/*.test.ts'],
          exclude: ['**/*.browser.test.*', 'node_modules'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          ...patience,
        },
      },
      {
        plugins: [react()],
        optimizeDeps: { include: importedPackages() },
        server: { headers: isolationHeaders, fs: { allow: ['.', '../shared'] } },
        test: {
          name: 'browser',
          include: ['src/**/*.browser.test.{ts,tsx}'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          ...patience,
          browser: {
            enabled: true,
            headless: true,
            commands: { trainInPython },
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath: chromiumPath, args: chromiumArguments } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
