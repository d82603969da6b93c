import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '../ui/tokens.css';
import './app.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ErrorBoundary } from 'react-error-boundary';
import { App } from './App.tsx';
import { CrashScreen } from './CrashScreen.tsx';
import { theme } from './theme.ts';
import { registerServiceWorker } from './updates.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root".');

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <Notifications position="bottom-right" autoClose={8000} />
      <ErrorBoundary FallbackComponent={CrashScreen}>
        <App />
      </ErrorBoundary>
    </MantineProvider>
  </StrictMode>,
);

if (import.meta.env.PROD) registerServiceWorker();
