import { create } from 'zustand';

/** The run that Results and Export show; null: the newest. */
export const useSelectedRun = create<{ selectedId: string | null; select: (id: string) => void }>((set) => ({
  selectedId: null,
  select: (selectedId) => set({ selectedId }),
}));
