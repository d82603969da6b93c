import '@mantine/core/styles.css';
import '../../ui/tokens.css';
import { MantineProvider } from '@mantine/core';
import { describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { HubField, type HubFieldProps } from './HubField.tsx';
import { TensorNotes } from './TensorNotes.tsx';

function spies() {
  return {
    onFetch: vi.fn<(id: string) => void>(),
    onStop: vi.fn<() => void>(),
    onRemove: vi.fn<(id: string) => void>(),
    onDismissError: vi.fn<() => void>(),
  };
}

const nothing: Pick<HubFieldProps, 'models' | 'fetching' | 'error'> = { models: [], fetching: null, error: null };
const model = { revision: 'f'.repeat(40), licence: 'mit', bytes: 268e6, held: 268e6, ready: true };
const field = (props: HubFieldProps) => (
  <MantineProvider>
    <HubField {...props} />
  </MantineProvider>
);

describe('HubField', () => {
  it('suggests models with size and licence, and fetches what was typed only when asked to', async () => {
    const props = { ...nothing, ...spies() };
    await render(field(props));
    await expect.element(page.getByRole('button', { name: 'Fetch' })).toBeDisabled();
    const box = page.getByPlaceholder('organisation/model');
    await box.click();
    await expect.element(page.getByText('268 MB, Apache 2.0')).toBeVisible();
    await page.getByRole('option', { name: /distilbert-base-uncased/ }).click();
    expect(props.onFetch).not.toHaveBeenCalled();
    await box.click();
    await userEvent.keyboard('{Escape}');
    await page.getByRole('button', { name: 'Fetch' }).click();
    expect(props.onFetch.mock.calls).toEqual([['distilbert-base-uncased']]);
    await expect.element(page.getByText(/Connects to huggingface.co/)).toBeVisible();
  });

  it('says how far it is, and can be stopped', async () => {
    const progress = { message: 'Fetching a', received: 67e6, total: 268e6, bytesPerSecond: 10e6, secondsLeft: 20.1 };
    const props = { ...nothing, ...spies(), fetching: { id: 'org/a', progress } };
    await render(field(props));
    await expect.element(page.getByText(/Fetching a · 67\sMB of 268\sMB · 10\sMB\/s, 20\ss left/)).toBeVisible();
    await expect.element(page.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '25');
    await page.getByRole('button', { name: 'Stop' }).click();
    expect(props.onStop).toHaveBeenCalledOnce();
  });

  it('lists what is here with its size; a part can be gone on with', async () => {
    const part = { ...model, id: 'org/part', held: 40e6, ready: false };
    const props = { ...nothing, ...spies(), models: [{ ...model, id: 'org/whole' }, part] };
    await render(field(props));
    await expect.element(page.getByText(/In this browser, 308\sMB/)).toBeVisible();
    await expect.element(page.getByText(/268\sMB, licence mit/)).toBeVisible();
    await expect.element(page.getByText(/40\sMB of 268\sMB, not complete/)).toBeVisible();
    await page.getByRole('button', { name: 'Go on fetching org/part' }).click();
    await page.getByRole('button', { name: 'Remove org/whole' }).click();
    expect([props.onFetch.mock.calls, props.onRemove.mock.calls]).toEqual([[['org/part']], [['org/whole']]]);
  });

  it('says in place what went wrong', async () => {
    const props = { ...nothing, ...spies(), error: { message: 'There is none.', hint: 'Check its name.' } };
    await render(field(props));
    await expect.element(page.getByRole('alert')).toHaveTextContent('There is none.Check its name.');
    await page.getByRole('button', { name: 'Dismiss the error' }).click();
    expect(props.onDismissError).toHaveBeenCalledOnce();
  });
});

it('TensorNotes are folded, and say nothing where everything fits', async () => {
  const screen = await render(<TensorNotes report={{ unused: ['lm_head.bias'], fresh: ['a.weight', 'a.bias'] }} />);
  await expect.element(page.getByText('lm_head.bias')).not.toBeVisible();
  await page.getByText('1 tensor of the checkpoint not used, 2 made anew').click();
  await expect.element(page.getByText('lm_head.bias')).toBeVisible();
  await screen.rerender(<TensorNotes report={{ unused: [], fresh: [] }} />);
  await expect.element(page.getByText(/tensor/)).not.toBeInTheDocument();
});
