import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { uploadOrigins } from './src/shared/hubPush.ts';
import { isolationHeaders } from './tools/chromium.ts';
import { licences } from './tools/licences.ts';
import { standalone } from './tools/standalone.ts';

// Workers are started from blobs and so inherit this policy (src/worker/start.ts). Mantine writes style attributes and one style
// element, hence 'unsafe-inline' for styles only. The Hugging Face Hub is asked only when the user fetches a model; large files come
// from its content servers (cdn-lfs*.huggingface.co, *.xethub.hf.co, *.cdn.hf.co), to which it leads on. Something
// is sent only when the user pushes a model there: its large files go to the storage in `uploadOrigins`.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  `connect-src 'self' https://huggingface.co https://*.huggingface.co https://*.hf.co ${uploadOrigins.join(' ')}`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
].join('; ');

/** Puts the policy into the built page; the development server needs inline scripts for hot reloading. */
function contentSecurity(): Plugin {
  return {
    name: 'rung-content-security-policy',
    apply: 'build',
    transformIndexHtml: {
      // Last, so that the meta element stands before every script that Vite adds.
      order: 'post',
      handler: () => [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy },
          injectTo: 'head-prepend',
        },
      ],
    },
  };
}

const { page: pageLicences, worker: workerLicences } = licences();

export default defineConfig({
  base: './',
  plugins: [
    react(),
    contentSecurity(),
    pageLicences,
    standalone(),
    VitePWA({
      // A new version waits until the user takes it: the page that trains keeps the files it started with.
      registerType: 'prompt',
      injectRegister: null,
      manifest: {
        id: './',
        name: 'Rung',
        short_name: 'Rung',
        description: 'Fine-tune a job-title classifier in the browser, on your own GPU.',
        start_url: './',
        scope: './',
        display: 'standalone',
        background_color: '#f6f7f9',
        theme_color: '#0b63c5',
        icons: [
          { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
        ],
      },
      workbox: {
        clientsClaim: true,
        globPatterns: ['**/*.{js,css,html,svg,png,wasm,json,safetensors,csv,txt,md}'],
        // Every other address is a file of its own, not a view of the page.
        navigateFallbackDenylist: [/\.\w+$/],
        maximumFileSizeToCacheInBytes: 64 * 1024 * 1024,
      },
    }),
  ],
  server: { headers: isolationHeaders },
  preview: { headers: isolationHeaders },
  worker: {
    format: 'es',
    plugins: () => [workerLicences],
    // Licence headers of tfjs would be half of the worker; they are in third-party-licenses.md.
    rolldownOptions: { output: { comments: { legal: false } } },
  },
  build: {
    target: 'es2023',
    // The limit that `npm test` enforces is in tools/checkSize.ts; Vite's warning at 500 kB would only be noise for the worker.
    chunkSizeWarningLimit: 2000,
  },
});
